package io.scenerank.cluster.local;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;

/**
 * How a process is started.
 *
 * @param command the program and its arguments
 * @param environment variables besides those of this process
 */
record TaskCommand(ImmutableList<String> command, ImmutableMap<String, String> environment) {}
