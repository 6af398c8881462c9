package io.scenerank.parity;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;

/**
 * What running a case showed.
 *
 * @param path the case file
 * @param kind {@code layer} or {@code model}
 * @param name of the layer or model
 * @param tensors every compared tensor
 */
public record CaseResult(
    Path path, String kind, String name, ImmutableList<TensorComparison> tensors) {

  /** Whether every tensor is within its tolerance. */
  public boolean passed() {
    return tensors.stream().allMatch(TensorComparison::passed);
  }
}
