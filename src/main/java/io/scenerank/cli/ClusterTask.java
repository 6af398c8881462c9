package io.scenerank.cli;

import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.chief.ClusterOptions;

/**
 * What this process is in a cluster.
 *
 * @param place the cluster and how it trains
 */
record ClusterTask(TaskId id, ClusterOptions place) {}
