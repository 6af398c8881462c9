package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableMultiset;
import com.google.common.collect.ImmutableSet;
import java.util.Optional;

/** An optimizer whose variables are named after the model's: Adam's moments are found by name. */
final class NamedMoments {
  /**
   * Names of both moments by the name of their variable: of Keras 3, Keras 2 since TensorFlow 2.11,
   * and before.
   */
  private static final ImmutableList<Form> FORMS =
      ImmutableList.of(
          (optimizer, name, slot) ->
              optimizer
                  + "/"
                  + name.replace('/', '_')
                  + (slot.equals("m") ? "_momentum" : "_velocity"),
          (optimizer, name, slot) -> optimizer + "/" + slot + "/" + name,
          (optimizer, name, slot) -> optimizer + "/" + name + "/" + slot);

  private final ImmutableList<NamedArray> weights;
  private final ImmutableList<NamedArray> variables;
  private final ImmutableMap<String, StoredVariable> byName;

  /** How a generation calls an optimizer's variable. */
  private interface Form {
    String name(String optimizer, String variable, String slot);
  }

  NamedMoments(ImmutableList<NamedArray> weights, ImmutableList<NamedArray> variables) {
    this.weights = weights;
    this.variables = variables;
    this.byName = unique(variables);
  }

  /** Arrays by name; names that two have tell nothing. */
  private static ImmutableMap<String, StoredVariable> unique(ImmutableList<NamedArray> arrays) {
    ImmutableMultiset<String> names =
        arrays.stream().map(NamedArray::name).collect(ImmutableMultiset.toImmutableMultiset());
    return arrays.stream()
        .filter(array -> names.count(array.name()) == 1)
        .collect(ImmutableMap.toImmutableMap(NamedArray::name, NamedArray::array));
  }

  /** The optimizer; empty where the file has none. */
  Optional<StoredOptimizer> optimizer() {
    ImmutableList<StoredVariable> arrays =
        variables.stream().map(NamedArray::array).collect(ImmutableList.toImmutableList());
    return StoredOptimizer.of(Optional.empty(), arrays)
        .map(optimizer -> optimizer.withSlots(slots()));
  }

  /** The moments by the key of their variable. */
  ImmutableMap<String, StoredOptimizer.Moments> slots() {
    ImmutableMap.Builder<String, StoredOptimizer.Moments> slots = ImmutableMap.builder();
    unique(weights)
        .forEach(
            (name, weight) -> moments(name).ifPresent(found -> slots.put(weight.key(), found)));
    return slots.buildKeepingLast();
  }

  private Optional<StoredOptimizer.Moments> moments(String weight) {
    for (String optimizer : prefixes()) {
      for (Form form : FORMS) {
        StoredVariable m = byName.get(form.name(optimizer, weight, "m"));
        StoredVariable v = byName.get(form.name(optimizer, weight, "v"));
        if (m != null && v != null) {
          return Optional.of(new StoredOptimizer.Moments(m, v));
        }
      }
    }
    return Optional.empty();
  }

  private ImmutableSet<String> prefixes() {
    return variables.stream()
        .map(variable -> variable.name().replaceFirst("/.*", ""))
        .collect(ImmutableSet.toImmutableSet());
  }
}
