package io.scenerank.cli;

import io.scenerank.train.Device;

/**
 * With what to compute.
 *
 * @param threads threads of TensorFlow; 0 for one a core
 */
record ComputeOptions(Device device, int threads) {}
