package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.model.ModelDefinition;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Finds variables in the HDF5 file of Keras 3 and of Keras 2.15 by their objects' paths. The file
 * names a layer after its class with a counter, and Keras 3 also stores its name; an item of a list
 * likewise, without a name that means anything; variables are numbered in the order of their
 * creation.
 */
final class Keras3Paths implements VariableLocator {
  static final String LAYERS = "layers";
  static final String VARS = "vars";

  /** Own variables of these are created by Keras, in an order that is known. */
  private static final ImmutableSet<String> OF_KERAS =
      ImmutableSet.of("kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance");

  private final Keras3Arrays arrays;
  private final Optional<ImmutableList<ListedLayer>> listed;
  private final int generation;

  /**
   * @param listed the layers as the model's JSON lists them, where the source has one
   * @param generation of Keras that wrote the file
   */
  Keras3Paths(Keras3Arrays arrays, Optional<ImmutableList<ListedLayer>> listed, int generation) {
    this.arrays = arrays;
    this.listed = listed;
    this.generation = generation;
  }

  @Override
  public Located locate(ModelDefinition<?> definition, ModelVariables variables) {
    FunctionalModel reference = FunctionalModel.of(definition, generation);
    ImmutableList<String> ordered = new KerasOrder(reference).variables(variables.paths());
    LayerGroups groups = new LayerGroupFinder(arrays, reference, variables, ordered).find(listed);
    ImmutableListMultimap.Builder<String, StoredVariable> found = ImmutableListMultimap.builder();
    ImmutableSet.Builder<String> unproven = ImmutableSet.builder();
    for (String path : ordered) {
      List<String> siblings = ModelVariables.siblings(path, ordered);
      for (OwnedPath owned : OwnedPath.of(path, groups.byLayer().keySet())) {
        arrays
            .find(
                requireNonNull(groups.byLayer().get(owned.layer()), owned.layer()),
                owned.inside(),
                siblings.indexOf(path))
            .ifPresent(stored -> found.put(path, stored));
      }
      if (!isOfReference(path) && isAmbiguous(siblings, variables)) {
        unproven.add(
            String.format(
                Locale.ROOT,
                "%s holds %d arrays in an order, some of one shape",
                ModelVariables.parent(path),
                siblings.size()));
      }
    }
    return new Located(found.build(), groups.guessed(), unproven.build().asList());
  }

  /** Whether the source says that the layer of a variable is of the reference's own class. */
  private boolean isOfReference(String path) {
    return listed.stream()
        .flatMap(List::stream)
        .anyMatch(layer -> layer.ofReference() && path.startsWith(layer.path() + "/"));
  }

  /** Whether an object of a class that is not Keras' own has two variables of one shape. */
  private static boolean isAmbiguous(List<String> siblings, ModelVariables variables) {
    Set<Object> shapes = new HashSet<>();
    boolean alike = false;
    for (String path : siblings) {
      alike |= !shapes.add(variables.shapes().get(path));
    }
    return alike
        && siblings.stream()
            .map(path -> path.substring(path.lastIndexOf('/') + 1))
            .anyMatch(name -> !OF_KERAS.contains(name));
  }

  /** The groups of layers by their path; lines for those that only their order tells. */
  record LayerGroups(ImmutableMap<String, String> byLayer, ImmutableList<String> guessed) {}
}
