package io.scenerank.layer.base;

import com.google.common.collect.ImmutableList;

/**
 * Finds calls of a graph that can be computed in another way, which gives the same numbers faster.
 */
@FunctionalInterface
public interface Pass {
  /** What the pass replaces, and by what. */
  ImmutableList<Replacement> find(PassView graph);
}
