package io.scenerank.cli;

import io.scenerank.cluster.ClusterPlace;
import io.scenerank.cluster.TaskId;

/**
 * What this process is in a cluster.
 *
 * @param place the cluster and how it trains
 */
record ClusterTask(TaskId id, ClusterPlace place) {}
