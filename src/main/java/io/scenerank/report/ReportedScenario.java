package io.scenerank.report;

import com.google.common.collect.ImmutableList;

/**
 * The metrics of one scenario's rows.
 *
 * @param rows number of rows
 * @param tasks a task each
 */
record ReportedScenario(String scenario, int rows, ImmutableList<ReportedTask> tasks) {}
