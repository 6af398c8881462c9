package io.scenerank.layer.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Optional;
import java.util.function.Function;

/**
 * The arguments of one call of a layer.
 *
 * @param positional given by position
 * @param named given by name
 * @param <T> what represents a tensor
 */
public record Arguments<T>(
    ImmutableList<Structure<T>> positional, ImmutableMap<String, Structure<T>> named) {

  /** {@code layer(x)}. */
  public static <T> Arguments<T> of(T x) {
    return ofStructure(Structure.leaf(x));
  }

  /** {@code layer(structure)}. */
  public static <T> Arguments<T> ofStructure(Structure<T> structure) {
    return new Arguments<>(ImmutableList.of(structure), ImmutableMap.of());
  }

  /** The same call with one more argument. */
  public Arguments<T> with(String name, Structure<T> value) {
    return new Arguments<>(
        positional,
        ImmutableMap.<String, Structure<T>>builder()
            .putAll(named)
            .put(name, value)
            .buildKeepingLast());
  }

  /** The same call without a named argument. */
  public Arguments<T> without(String name) {
    ImmutableMap.Builder<String, Structure<T>> rest = ImmutableMap.builder();
    named.forEach(
        (key, value) -> {
          if (!key.equals(name)) {
            rest.put(key, value);
          }
        });
    return new Arguments<>(positional, rest.buildOrThrow());
  }

  /**
   * An argument, by name or by position; absent where it is not given or {@code None}.
   *
   * @param position number of the argument in the signature of the layer's {@code call}
   */
  public Optional<Structure<T>> find(String name, int position) {
    Structure<T> found =
        named.containsKey(name)
            ? named.get(name)
            : position < positional.size() ? positional.get(position) : null;
    boolean none = found instanceof Structure.Constant<T> constant && constant.value().isNull();
    return none ? Optional.empty() : Optional.ofNullable(found);
  }

  /**
   * An argument that has to be there.
   *
   * @throws IllegalArgumentException naming it if it is not
   */
  public Structure<T> get(String name, int position) {
    return find(name, position)
        .orElseThrow(
            () ->
                new IllegalArgumentException("the argument '" + name + "' of the call is missing"));
  }

  /** A tensor that has to be there. */
  public T tensor(String name, int position) {
    return get(name, position).only();
  }

  /** The first argument, one tensor. */
  public T only() {
    if (positional.isEmpty()) {
      return tensor(named.keySet().iterator().next(), 0);
    }
    return positional.get(0).only();
  }

  /** A constant, as JSON; absent where it is a tensor, not given, or {@code None}. */
  public Optional<JsonNode> constant(String name, int position) {
    return find(name, position)
        .filter(Structure.Constant.class::isInstance)
        .map(found -> ((Structure.Constant<T>) found).value());
  }

  /** Whether a flag is given and true. */
  public boolean flag(String name, int position) {
    return constant(name, position).filter(JsonNode::asBoolean).isPresent();
  }

  /** All tensors: those by position first, then those by name. */
  public ImmutableList<T> tensors() {
    ImmutableList.Builder<T> tensors = ImmutableList.builder();
    positional.forEach(item -> tensors.addAll(item.leaves()));
    named.values().forEach(item -> tensors.addAll(item.leaves()));
    return tensors.build();
  }

  /** The same arguments with other tensors. */
  public <R> Arguments<R> map(Function<? super T, ? extends R> function) {
    ImmutableMap.Builder<String, Structure<R>> byName = ImmutableMap.builder();
    named.forEach((name, value) -> byName.put(name, value.map(function)));
    return new Arguments<>(
        positional.stream()
            .map(item -> item.<R>map(function))
            .collect(ImmutableList.toImmutableList()),
        byName.buildOrThrow());
  }
}
