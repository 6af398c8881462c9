package io.scenerank.run;

/**
 * A finished run.
 *
 * @param seconds time of the training, validation and checkpoints left out
 * @param parameters number of values that were trained
 */
record TrainedRun(RunReport report, double seconds, long parameters) {}
