package io.scenerank.variable;

import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RewriterConfig.MemOptType;
import org.tensorflow.proto.RewriterConfig.NumIterationsType;
import org.tensorflow.proto.RewriterConfig.Toggle;

/** How a session uses the machine, and what it does with its graph. */
public final class SessionOptions {
  private SessionOptions() {}

  /**
   * The number of threads to compute with.
   *
   * @param asked 0 for one a core that this process may use. TensorFlow would count the machine's
   *     cores: in a container with a quota of one of 64, its 64 threads take turns.
   */
  public static int threads(int asked) {
    return asked == 0 ? Runtime.getRuntime().availableProcessors() : asked;
  }

  /**
   * What TensorFlow rewrites in a graph that trains before its first run. By default it does
   * everything twice. The passes left out are for images, saved memory and implementations of
   * functions: the graph of a ranking model is the same after them, and its first step waits for
   * them.
   */
  public static GraphOptions graphOptions() {
    return GraphOptions.newBuilder()
        .setRewriteOptions(
            RewriterConfig.newBuilder()
                .setMetaOptimizerIterations(NumIterationsType.ONE)
                .setMemoryOptimization(MemOptType.NO_MEM_OPT)
                .setLayoutOptimizer(Toggle.OFF)
                .setShapeOptimization(Toggle.OFF)
                .setImplementationSelector(Toggle.OFF))
        .build();
  }

  /**
   * Options for the graph of a store: the given ones; a graph of too many small ops runs as it is,
   * without being rewritten first.
   */
  public static ConfigProto ofGraph(WeightStore store, ConfigProto options) {
    if (!store.prefersPlainSession()) {
      return options;
    }
    ConfigProto.Builder plain = options.toBuilder();
    plain.getGraphOptionsBuilder().getRewriteOptionsBuilder().setDisableMetaOptimizer(true);
    return plain.build();
  }
}
