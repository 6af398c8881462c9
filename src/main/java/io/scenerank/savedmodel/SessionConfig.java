package io.scenerank.savedmodel;

import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/** How a session that predicts uses the machine. */
final class SessionConfig {
  private SessionConfig() {}

  /**
   * @param threads TensorFlow's threads; 0 for one a core
   */
  static ConfigProto of(int threads) {
    return ConfigProto.newBuilder()
        .setAllowSoftPlacement(true)
        .setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true))
        .setIntraOpParallelismThreads(threads)
        .setInterOpParallelismThreads(threads)
        .build();
  }
}
