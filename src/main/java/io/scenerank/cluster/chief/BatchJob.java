package io.scenerank.cluster.chief;

import io.scenerank.cluster.wire.WorkQueue;

/**
 * A batch of an epoch.
 *
 * @param epoch number of the epoch, from 0
 * @param number number of the batch in the epoch, from 0
 * @param firstRow rows of the epoch before it
 * @param rows number of its rows
 * @param step number of steps before this one
 * @param rate learning rate
 */
record BatchJob(int epoch, int number, int firstRow, int rows, int step, float rate) {

  /** What a worker is told to put ready its share of the rows. */
  WorkQueue.Item feed(long generation, int share, int shares) {
    return WorkQueue.Item.feed(generation, number, epoch, firstRow, rows, share, shares, step);
  }
}
