package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.util.List;

/**
 * One call of a layer.
 *
 * @param inputs tensors that are given by position
 * @param listed whether they are one argument, a list, rather than an argument each
 * @param named tensors that are given by name
 * @param constants other named arguments that say something, as JSON: neither null nor false
 */
record FunctionalCall(
    ImmutableList<FunctionalTensor> inputs,
    boolean listed,
    ImmutableSortedMap<String, FunctionalTensor> named,
    ImmutableSortedMap<String, String> constants) {

  /** {@code layer(a, b)}. */
  static FunctionalCall of(FunctionalTensor... inputs) {
    return new FunctionalCall(
        ImmutableList.copyOf(inputs), false, ImmutableSortedMap.of(), ImmutableSortedMap.of());
  }

  /** {@code layer([a, b])}. */
  static FunctionalCall listed(List<FunctionalTensor> inputs) {
    return new FunctionalCall(
        ImmutableList.copyOf(inputs), true, ImmutableSortedMap.of(), ImmutableSortedMap.of());
  }

  /** The same call with one more argument. */
  FunctionalCall with(String name, FunctionalTensor tensor) {
    ImmutableSortedMap<String, FunctionalTensor> more =
        ImmutableSortedMap.<String, FunctionalTensor>naturalOrder()
            .putAll(named)
            .put(name, tensor)
            .build();
    return new FunctionalCall(inputs, listed, more, constants);
  }

  /** All tensors in the order in which Keras walks them. */
  public ImmutableList<FunctionalTensor> tensors() {
    return ImmutableList.<FunctionalTensor>builder().addAll(inputs).addAll(named.values()).build();
  }
}
