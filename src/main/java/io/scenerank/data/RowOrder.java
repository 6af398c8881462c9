package io.scenerank.data;

import java.util.Arrays;

/** Orders in which rows are read. */
final class RowOrder {
  private RowOrder() {}

  /** 0, 1, …, size - 1. */
  static int[] sequential(int size) {
    int[] rows = new int[size];
    Arrays.setAll(rows, i -> i);
    return rows;
  }

  /** The rows 0 … size - 1 shuffled. See {@link #shuffled(int[], long, int)}. */
  static int[] shuffled(int size, long seed, int epoch) {
    return shuffle(sequential(size), StableRandom.of(seed, epoch));
  }

  /**
   * The rows shuffled (Fisher and Yates). The order depends only on the rows, the seed and the
   * epoch, so that a run that is resumed at an epoch has the same order as without the
   * interruption.
   */
  static int[] shuffled(int[] rows, long seed, int epoch) {
    return shuffle(rows.clone(), StableRandom.of(seed, epoch));
  }

  /** Shuffles the array itself, and returns it. */
  static int[] shuffle(int[] rows, StableRandom random) {
    for (int i = rows.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int row = rows[i];
      rows[i] = rows[j];
      rows[j] = row;
    }
    return rows;
  }
}
