package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.LayerType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Follows the ids of a model's inputs to the layers that have something for each of them, through
 * layers that pass ids on, and into models inside the model.
 */
final class IdFlow {
  /** Number of a tensor that means all results of a call. */
  private static final int ALL = -1;

  private static final String FUNCTION = "TFOpLambda";

  /** Layers that look ids up in a table with a row for each. */
  private static final ImmutableSet<String> TABLES = ImmutableSet.of("embedding", "embedreduce");

  /** Layers and functions that make a vector with a place for each id. */
  private static final ImmutableSet<String> VECTORS =
      ImmutableSet.of("categoryencoding", "onehot", "multihot");

  /** Layers and functions whose values are those of their first input, or 0. */
  private static final ImmutableSet<String> PASSING =
      ImmutableSet.of(
          "flatten",
          "reshape",
          "permute",
          "repeatvector",
          "identity",
          "cropping1d",
          "zeropadding1d",
          "upsampling1d",
          "ravel",
          "transpose",
          "swapaxes",
          "moveaxis",
          "expanddims",
          "squeeze",
          "flip",
          "fliplr",
          "flipud",
          "roll",
          "tile",
          "repeat",
          "broadcastto",
          "pad",
          "getitem",
          "slice",
          "stridedslice",
          "split",
          "unstack",
          "take",
          "gather",
          "cast",
          "converttotensor",
          "copy",
          "stopgradient");

  /** Those whose values are values of their inputs. */
  private static final ImmutableSet<String> JOINING =
      ImmutableSet.of(
          "concatenate", "concat", "stack", "hstack", "vstack", "dstack", "append", "where");

  /** Those that have the same number of different values, however many ids there are. */
  private static final ImmutableSet<String> BOUNDING =
      ImmutableSet.of(
          "hashing",
          "hashedcrossing",
          "integerlookup",
          "discretization",
          "clip",
          "clipbyvalue",
          "minimum",
          "mod",
          "floormod",
          "equal",
          "notequal",
          "greater",
          "greaterequal",
          "less",
          "lessequal",
          "logicaland",
          "logicalor",
          "logicalnot");

  /** Layers that compute with what may be ids, as functions do. */
  private static final ImmutableSet<String> ARITHMETIC =
      ImmutableSet.of("add", "subtract", "multiply", "maximum", "lambda");

  /** What ids of columns become before a layer reads them. */
  enum Kind {
    /** The columns' own. */
    OWN,
    /** Others, which are as many as before when the column has more. */
    BOUNDED,
    /** Others, of which there may be more, too. */
    COMPUTED
  }

  /**
   * Ids, or what was made of them.
   *
   * @param columns those that they come from
   * @param through the layer that made them, where they are not the columns' own
   */
  record Ids(ImmutableSet<String> columns, Kind kind, Optional<Layer> through) {}

  /**
   * A layer that has something for each id.
   *
   * @param path names of the models that it is in, then its own
   * @param isTable whether it is a table, which can have more rows
   * @param isVector whether it makes vectors with a place for each id
   * @param calls the ids of each call
   */
  record Reader(
      ImmutableList<String> path, Layer layer, boolean isTable, boolean isVector, List<Ids> calls) {
    /** The columns whose own ids it reads. */
    ImmutableSet<String> columns() {
      return calls.stream()
          .filter(ids -> ids.kind() == Kind.OWN)
          .flatMap(ids -> ids.columns().stream())
          .collect(ImmutableSet.toImmutableSet());
    }
  }

  private final Map<ImmutableList<String>, Reader> readers = new LinkedHashMap<>();

  private IdFlow() {}

  /** The layers that read ids, in the order of their first calls. */
  static ImmutableList<Reader> readers(ModelDefinition<?> definition) {
    Functional model = definition.functional();
    Map<TensorRef, Ids> given = new HashMap<>();
    LayeredModel.columns(definition, model)
        .forEach(
            (ref, column) -> {
              if (column.isCategorical() && !column.isText()) {
                given.put(ref, new Ids(ImmutableSet.of(column.name()), Kind.OWN, Optional.empty()));
              }
            });
    IdFlow flow = new IdFlow();
    flow.follow(model.graph(), ImmutableList.of(), given);
    return ImmutableList.copyOf(flow.readers.values());
  }

  private void follow(LayerGraph graph, ImmutableList<String> at, Map<TensorRef, Ids> ids) {
    for (Node node : graph.nodes()) {
      Layer layer = graph.layer(node.layer());
      ImmutableList<String> path =
          ImmutableList.<String>builder().addAll(at).add(layer.name()).build();
      if (layer instanceof Functional inner) {
        enter(inner, node, path, ids);
        continue;
      }
      List<Ids> read = node.arguments().tensors().stream().flatMap(ref -> find(ids, ref)).toList();
      if (read.isEmpty()) {
        continue;
      }
      String name = name(layer);
      boolean table = TABLES.contains(name);
      boolean vector = VECTORS.contains(name);
      if (table || vector || holdsTable(layer)) {
        readers
            .computeIfAbsent(path, key -> new Reader(key, layer, table, vector, new ArrayList<>()))
            .calls()
            .add(read.get(0));
      } else {
        result(layer, name, read)
            .ifPresent(found -> ids.put(new TensorRef(node.layer(), node.number(), ALL), found));
      }
    }
  }

  private static Stream<Ids> find(Map<TensorRef, Ids> ids, TensorRef ref) {
    return Optional.ofNullable(ids.get(ref))
        .or(() -> Optional.ofNullable(ids.get(new TensorRef(ref.layer(), ref.node(), ALL))))
        .stream();
  }

  /** Name of the class, or of the function that it calls, in one spelling. */
  private static String name(Layer layer) {
    String name = layer.kerasClass();
    if (name.equals(FUNCTION)) {
      String function = layer.config().text("function");
      name = function.substring(function.lastIndexOf('.') + 1);
    }
    return name.toLowerCase(Locale.ROOT).replace("_", "");
  }

  /** Whether it is, or has inside it, a table of another kind. */
  private static boolean holdsTable(Layer layer) {
    return Stream.concat(
            Stream.of(layer.kerasClass()),
            layer.config().json().findValuesAsText("class_name").stream())
        .anyMatch(name -> name.endsWith("Embedding"));
  }

  /** What a layer makes of ids; empty where it makes something else. */
  private static Optional<Ids> result(Layer layer, String name, List<Ids> read) {
    if (PASSING.contains(name)) {
      return Optional.of(read.get(0));
    }
    // The values of where(condition, ids, other) are those of the last two.
    List<Ids> joined =
        name.equals("where") && read.size() > 1 ? read.subList(1, read.size()) : read;
    ImmutableSet<String> columns =
        joined.stream()
            .flatMap(ids -> ids.columns().stream())
            .collect(ImmutableSet.toImmutableSet());
    if (JOINING.contains(name) && joined.stream().allMatch(ids -> ids.kind() == Kind.OWN)) {
      return Optional.of(new Ids(columns, Kind.OWN, Optional.empty()));
    }
    boolean bounded =
        BOUNDING.contains(name) || joined.stream().allMatch(ids -> ids.kind() == Kind.BOUNDED);
    boolean computes =
        BOUNDING.contains(name)
            || JOINING.contains(name)
            || ARITHMETIC.contains(name)
            || layer.kerasClass().equals(FUNCTION)
            || layer.config().type().kind() == LayerType.Kind.OPERATION;
    return computes
        ? Optional.of(new Ids(columns, bounded ? Kind.BOUNDED : Kind.COMPUTED, Optional.of(layer)))
        : Optional.empty();
  }

  /** Follows ids into a model inside the model, and out of it. */
  private void enter(
      Functional inner, Node node, ImmutableList<String> path, Map<TensorRef, Ids> ids) {
    List<TensorRef> given = node.arguments().tensors();
    List<TensorRef> inputs = inner.graph().inputs().leaves();
    Map<TensorRef, Ids> inside = new HashMap<>();
    for (int i = 0; i < Math.min(given.size(), inputs.size()); i++) {
      TensorRef input = inputs.get(i);
      find(ids, given.get(i)).forEach(found -> inside.put(input, found));
    }
    follow(inner.graph(), path, inside);
    List<TensorRef> ends = inner.graph().outputs().leaves();
    for (int i = 0; i < ends.size(); i++) {
      TensorRef end = new TensorRef(node.layer(), node.number(), i);
      find(inside, ends.get(i)).forEach(found -> ids.put(end, found));
    }
  }
}
