package io.scenerank.layer.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What a Keras layer is called with or returns: a tensor, a list or a dict of structures, or a
 * constant. Keras calls this a tree.
 *
 * @param <T> what represents a tensor
 */
public sealed interface Structure<T> {
  /** One tensor. */
  record Leaf<T>(T value) implements Structure<T> {}

  /** A list or a tuple. */
  record Items<T>(ImmutableList<Structure<T>> items) implements Structure<T> {}

  /** A dict, in the order of its insertion. */
  record Entries<T>(ImmutableMap<String, Structure<T>> entries) implements Structure<T> {}

  /** A value that is not a tensor, as JSON. */
  record Constant<T>(JsonNode value) implements Structure<T> {}

  static <T> Structure<T> leaf(T value) {
    return new Leaf<>(value);
  }

  static <T> Structure<T> items(Iterable<? extends T> values) {
    ImmutableList.Builder<Structure<T>> items = ImmutableList.builder();
    values.forEach(value -> items.add(new Leaf<T>(value)));
    return new Items<>(items.build());
  }

  /** All tensors in the order in which Keras flattens them: a dict by its sorted keys. */
  default ImmutableList<T> leaves() {
    return named().stream().map(Named::value).collect(ImmutableList.toImmutableList());
  }

  /**
   * A tensor and its place.
   *
   * @param name keys of dicts, joined by dots; empty outside of dicts
   */
  record Named<T>(String name, T value) {}

  /** All tensors in the order in which Keras flattens them. */
  default ImmutableList<Named<T>> named() {
    ImmutableList.Builder<Named<T>> named = ImmutableList.builder();
    addNamed(this, "", named);
    return named.build();
  }

  private static <T> void addNamed(
      Structure<T> structure, String name, ImmutableList.Builder<Named<T>> to) {
    if (structure instanceof Leaf<T> leaf) {
      to.add(new Named<>(name, leaf.value()));
    } else if (structure instanceof Items<T> list) {
      list.items().forEach(item -> addNamed(item, name, to));
    } else if (structure instanceof Entries<T> dict) {
      ImmutableSortedMap.copyOf(dict.entries())
          .forEach((key, item) -> addNamed(item, name.isEmpty() ? key : name + "." + key, to));
    }
  }

  /** The same structure of other leaves. */
  default <R> Structure<R> map(Function<? super T, ? extends R> function) {
    return flatMap(leaf -> new Leaf<R>(function.apply(leaf)));
  }

  /** The same structure with a structure in the place of each leaf. */
  default <R> Structure<R> flatMap(Function<? super T, Structure<R>> function) {
    if (this instanceof Leaf<T> leaf) {
      return function.apply(leaf.value());
    }
    if (this instanceof Items<T> list) {
      return new Items<>(
          list.items().stream()
              .map(item -> item.flatMap(function))
              .collect(ImmutableList.toImmutableList()));
    }
    if (this instanceof Entries<T> dict) {
      ImmutableMap.Builder<String, Structure<R>> entries = ImmutableMap.builder();
      for (Map.Entry<String, Structure<T>> entry : dict.entries().entrySet()) {
        entries.put(entry.getKey(), entry.getValue().flatMap(function));
      }
      return new Entries<>(entries.buildOrThrow());
    }
    return new Constant<>(((Constant<T>) this).value());
  }

  /** The tensor, where this is one. */
  default T only() {
    ImmutableList<T> leaves = leaves();
    if (leaves.size() != 1) {
      throw new IllegalArgumentException("found " + leaves.size() + " tensors, expected one");
    }
    return leaves.get(0);
  }
}
