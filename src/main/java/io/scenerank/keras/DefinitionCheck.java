package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableMultiset;
import com.google.common.collect.ImmutableSortedSet;
import io.scenerank.config.InvalidInputException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Compares a foreign functional model with the one that was built of what was read of it: from the
 * outputs back, every layer by class, name and config. Names that Keras gives may differ, since
 * their counters depend on the session.
 */
final class DefinitionCheck {
  private final FunctionalModel theirs;
  private final FunctionalModel ours;
  private final ImmutableMap<String, FunctionalLayer> theirLayers;
  private final ImmutableMap<String, FunctionalLayer> ourLayers;
  private final String where;
  private final Set<Pair> seen = new HashSet<>();
  private final Set<String> visited = new HashSet<>();

  private record Pair(FunctionalTensor theirs, FunctionalTensor ours) {}

  DefinitionCheck(FunctionalModel theirs, FunctionalModel ours, String where) {
    this.theirs = theirs;
    this.ours = ours;
    this.theirLayers = theirs.byName();
    this.ourLayers = ours.byName();
    this.where = where;
  }

  /**
   * @throws InvalidInputException naming the first layer that differs
   */
  void requireAlike() {
    for (String task : ImmutableSortedSet.copyOf(ours.outputs().keySet())) {
      requireAlike(
          new Pair(
              requireNonNull(theirs.outputs().get(task), task),
              requireNonNull(ours.outputs().get(task), task)),
          Optional.empty());
    }
    for (FunctionalLayer layer : theirs.layers()) {
      if (!visited.contains(layer.name())) {
        throw error(layer, "no output depends on it");
      }
    }
    ImmutableMultiset<String> found = classes(theirs);
    ImmutableMultiset<String> expected = classes(ours);
    for (String className : expected.elementSet()) {
      if (found.count(className) != expected.count(className)) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s: it is wired differently from the reference's %s: there are %d layers of the"
                    + " class %s, expected %d",
                where,
                ours.name(),
                found.count(className),
                className,
                expected.count(className)));
      }
    }
  }

  private static ImmutableMultiset<String> classes(FunctionalModel model) {
    return model.layers().stream()
        .map(FunctionalLayer::className)
        .collect(ImmutableMultiset.toImmutableMultiset());
  }

  /**
   * @param reader the layer that reads the tensor; absent for an output
   */
  private void requireAlike(Pair pair, Optional<FunctionalLayer> reader) {
    if (!seen.add(pair)) {
      return;
    }
    FunctionalLayer found =
        requireNonNull(theirLayers.get(pair.theirs().layer()), pair.theirs().layer());
    FunctionalLayer expected =
        requireNonNull(ourLayers.get(pair.ours().layer()), pair.ours().layer());
    visited.add(found.name());
    boolean named = !FunctionalClasses.isUnnamed(expected.className());
    if (!found.is(expected.className()) || (named && !found.path().equals(expected.path()))) {
      throw reader
          .map(layer -> error(layer, "it reads " + found.shown() + ", expected " + shown(expected)))
          .orElseGet(() -> error(found, "expected " + shown(expected)));
    }
    if (pair.theirs().tensor() != pair.ours().tensor()) {
      throw error(found, "its tensors are read in another order");
    }
    DefinitionConfig.difference(found, expected)
        .ifPresent(
            difference -> {
              throw error(found, difference);
            });
    if (!expected.calls().isEmpty()) {
      requireAlike(
          found, found.calls().get(pair.theirs().node()), expected.calls().get(pair.ours().node()));
    }
  }

  private void requireAlike(FunctionalLayer layer, FunctionalCall found, FunctionalCall expected) {
    if (!found.constants().isEmpty()) {
      String name = found.constants().firstKey();
      throw error(
          layer,
          "it is called with "
              + FunctionalFields.shown(name)
              + " "
              + found.constants().get(name)
              + ", expected no such argument");
    }
    ImmutableList<FunctionalTensor> theirTensors = found.tensors();
    List<FunctionalTensor> ourTensors = expected.tensors();
    if (!found.named().keySet().equals(expected.named().keySet())
        || theirTensors.size() != ourTensors.size()) {
      throw error(
          layer, "it reads " + theirTensors.size() + " tensors, expected " + ourTensors.size());
    }
    for (int i = 0; i < theirTensors.size(); i++) {
      requireAlike(new Pair(theirTensors.get(i), ourTensors.get(i)), Optional.of(layer));
    }
  }

  private static String shown(FunctionalLayer expected) {
    return FunctionalClasses.isUnnamed(expected.className())
        ? "a layer of the class " + expected.className()
        : expected.shown();
  }

  private InvalidInputException error(FunctionalLayer layer, String problem) {
    return new InvalidInputException(
        where
            + ": "
            + layer.shown()
            + " differs from the reference's "
            + ours.name()
            + " has it: "
            + problem);
  }
}
