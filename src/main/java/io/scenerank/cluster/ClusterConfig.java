package io.scenerank.cluster;

import java.util.Optional;

/**
 * What a process is told of its cluster.
 *
 * @param task which of the processes it is; empty where only the command line says so
 * @param bind from where it may be reached; empty where that is not said
 */
public record ClusterConfig(ClusterSpec spec, Optional<TaskId> task, Optional<Reachability> bind) {}
