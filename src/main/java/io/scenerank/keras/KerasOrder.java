package io.scenerank.keras;

import com.google.common.collect.Comparators;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The order in which Keras lists a model's variables, by the paths that they have here: layer by
 * layer as {@code model.layers} has them, in a layer its own variables first and then those of the
 * layers inside it, in the order in which the reference's classes create them. A unit that several
 * layers share is listed at the place of the first of them. States of seed generators have no path
 * and are left out.
 */
final class KerasOrder {
  /** Attributes of the reference's and Keras' layers in the order of their creation. */
  private static final ImmutableList<String> ATTRIBUTES =
      ImmutableList.of(
          // variables
          "kernel",
          "bias",
          "gamma",
          "beta",
          "moving_mean",
          "moving_variance",
          "alpha",
          "embeddings",
          "position_embeddings",
          "global_bias",
          "shared_weight_np",
          "shared_bias_np",
          "shared_weight_pk",
          "shared_bias_pk",
          "shared_weight_kp",
          "shared_bias_kp",
          "shared_weight_pm",
          "shared_bias_pm",
          "shared_weight_nk",
          "shared_bias_nk",
          "shared_weight_km",
          "shared_bias_km",
          // layers
          "emb",
          "meta_unit",
          "layers",
          "dense",
          "dense_layer",
          "dense_layers",
          "activation",
          "activation_layers",
          "bn_layers",
          "gate_nu",
          "activation_list",
          "weights_dense",
          "bias_dense",
          "inner_activation",
          "specific_weight_nk",
          "specific_bias_nk",
          "specific_weight_kk",
          "specific_bias_kk",
          "specific_weight_km",
          "specific_bias_km",
          "_query_dense",
          "_key_dense",
          "_value_dense",
          "_output_dense");

  private static final ImmutableSet<String> STATISTICS =
      ImmutableSet.of("moving_mean", "moving_variance");

  /** What the original's APG creates before its other generated factors. */
  private static final ImmutableList<String> CORE =
      ImmutableList.of("specific_weight_kk", "specific_bias_kk");

  private final ImmutableList<FunctionalLayer> layers;
  private final int generation;
  private final ImmutableList<String> attributes;

  /**
   * @param model as the reference builds it
   */
  public KerasOrder(FunctionalModel model) {
    this(model, ATTRIBUTES);
  }

  private KerasOrder(FunctionalModel model, ImmutableList<String> attributes) {
    this.layers = model.layers();
    this.generation = model.generation();
    this.attributes = attributes;
  }

  /** The orders of the codes that are known: the reference's, and the original's. */
  static ImmutableList<KerasOrder> known(FunctionalModel model) {
    List<String> original = new ArrayList<>(ATTRIBUTES);
    original.removeAll(CORE);
    original.addAll(original.indexOf("specific_weight_nk"), CORE);
    return ImmutableList.of(
        new KerasOrder(model), new KerasOrder(model, ImmutableList.copyOf(original)));
  }

  /**
   * The variables in the order of {@code model.variables}.
   *
   * @param paths all variables of the model, in any order: the parts of its native graph
   * @throws IllegalArgumentException if a path is of no layer of the model
   */
  public ImmutableList<String> variables(Collection<String> paths) {
    return ordered(paths, layer -> true, generation == 2);
  }

  /** The same, but in each layer what it trains before what it does not, as HDF5 files have it. */
  ImmutableList<String> trainedFirst(Collection<String> paths) {
    return ordered(paths, layer -> true, true);
  }

  /**
   * The variables in the order of {@code model.trainable_variables}, which is that of an
   * optimizer's slots: without moving statistics, frozen tables and fixed positions.
   *
   * @param paths all variables of the model, in any order: the parts of its native graph
   * @throws IllegalArgumentException if a path is of no layer of the model
   */
  public ImmutableList<String> trainableVariables(Collection<String> paths) {
    return ordered(paths, layer -> layer.config().path("trainable").asBoolean(), generation == 2)
        .stream()
        .filter(path -> !isStatistic(path))
        .collect(ImmutableList.toImmutableList());
  }

  private ImmutableList<String> ordered(
      Collection<String> paths, Predicate<FunctionalLayer> taken, boolean trainedFirst) {
    ImmutableListMultimap<String, String> byOwner = byOwner(paths);
    ImmutableSet.Builder<String> ordered = ImmutableSet.builder();
    for (FunctionalLayer layer : layers) {
      if (taken.test(layer)) {
        sharedUnit(layer)
            .forEach(unit -> ordered.addAll(inside(byOwner.get(unit), unit, trainedFirst)));
        ordered.addAll(inside(byOwner.get(layer.path()), layer.path(), trainedFirst));
      }
    }
    return ordered.build().asList();
  }

  /** The paths by the layer, or the shared unit, that they begin with. */
  private ImmutableListMultimap<String, String> byOwner(Collection<String> paths) {
    ImmutableSet.Builder<String> owners = ImmutableSet.builder();
    for (FunctionalLayer layer : layers) {
      owners.add(layer.path()).addAll(sharedUnit(layer));
    }
    ImmutableSet<String> known = owners.build();
    ImmutableListMultimap.Builder<String, String> byOwner = ImmutableListMultimap.builder();
    for (String path : paths) {
      String owner = path;
      while (!known.contains(owner)) {
        int slash = owner.lastIndexOf('/');
        if (slash < 0) {
          throw new IllegalArgumentException(
              "no layer of the Keras model has the variable " + path);
        }
        owner = owner.substring(0, slash);
      }
      byOwner.put(owner, path);
    }
    return byOwner.build();
  }

  /** Path of the unit that a layer shares with others, if it does. */
  private ImmutableList<String> sharedUnit(FunctionalLayer layer) {
    String name = layer.config().at("/meta_unit/config/name").asText();
    return name.isEmpty()
        ? ImmutableList.of()
        : ImmutableList.of(FunctionalLayer.path(name, generation));
  }

  private List<String> inside(List<String> paths, String owner, boolean trainedFirst) {
    Map<String, ImmutableList<Integer>> ranks = new HashMap<>();
    for (String path : paths) {
      ranks.put(path, ranks(path, owner));
    }
    // Keras 2 lists what a layer trains before what it does not.
    Comparator<String> order = Comparator.comparing(path -> trainedFirst && isStatistic(path));
    return paths.stream()
        .sorted(order.thenComparing(ranks::get, Comparators.lexicographical(Integer::compare)))
        .toList();
  }

  private ImmutableList<Integer> ranks(String path, String owner) {
    ImmutableList.Builder<Integer> ranks = ImmutableList.builder();
    for (String step : path.substring(owner.length() + 1).split("/", -1)) {
      boolean index = step.chars().allMatch(Character::isDigit);
      int rank = index ? Integer.parseInt(step) : attributes.indexOf(step);
      if (rank < 0) {
        throw new IllegalArgumentException(
            "no layer of the Keras model has the attribute " + step + " of the variable " + path);
      }
      ranks.add(rank);
    }
    return ranks.build();
  }

  private static boolean isStatistic(String path) {
    return STATISTICS.contains(path.substring(path.lastIndexOf('/') + 1));
  }
}
