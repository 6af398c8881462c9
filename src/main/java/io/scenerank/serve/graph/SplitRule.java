package io.scenerank.serve.graph;

import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;

/** Splits the nodes of some kind between a user and the user's candidates. */
@FunctionalInterface
interface SplitRule {
  /**
   * Splits a node.
   *
   * @param node whose inputs have been split
   * @return the node's outputs; empty if the rule is not for it
   */
  Optional<List<SplitValue>> apply(SplitGraph graph, NodeDef node);
}
