package io.scenerank.serve;

import io.scenerank.variable.SessionOptions;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/** How a session that predicts uses the machine. */
final class SessionConfig {
  private static final int CALLERS_THREAD = -1;

  private SessionConfig() {}

  /**
   * @param asked TensorFlow's threads; 0 for one a core that this process may use. With 1 each call
   *     runs in the thread that makes it: no other is woken for it.
   */
  static ConfigProto of(int asked) {
    int threads = SessionOptions.threads(asked);
    return ConfigProto.newBuilder()
        .setAllowSoftPlacement(true)
        .setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true))
        .setIntraOpParallelismThreads(threads)
        .setInterOpParallelismThreads(threads == 1 ? CALLERS_THREAD : threads)
        .build();
  }
}
