package io.scenerank.variable;

import org.tensorflow.proto.ConfigProto;

/** Options of a session that runs a graph as it is, without rewriting it first. */
public final class PlainSession {
  private PlainSession() {}

  /** Options for the graph of a store: the given ones, unless it has too many small ops. */
  public static ConfigProto config(WeightStore store, ConfigProto options) {
    if (!store.prefersPlainSession()) {
      return options;
    }
    ConfigProto.Builder plain = options.toBuilder();
    plain.getGraphOptionsBuilder().getRewriteOptionsBuilder().setDisableMetaOptimizer(true);
    return plain.build();
  }
}
