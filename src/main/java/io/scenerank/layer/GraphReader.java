package io.scenerank.layer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.Structure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the layers and calls of a functional or sequential model, of either generation. */
final class GraphReader {
  private static final ImmutableSet<String> FUNCTIONAL = ImmutableSet.of("Functional", "Model");
  private static final String SEQUENTIAL = "Sequential";
  private static final int MOST_LAYERS = 10_000;
  private static final int LONGEST_NAME = 500;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final LayerConfig.ObjectReader reader;
  private final String name;
  private final JsonNode json;
  private final String where;
  private final int generation;
  private final Map<String, Layer> layers = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  GraphReader(
      LayerConfig.ObjectReader reader, String name, JsonNode json, String where, int generation) {
    this.reader = reader;
    this.name = name;
    this.json = json;
    this.where = where;
    this.generation = generation;
  }

  private static Layer unmade(LayerConfig config) {
    throw new IllegalStateException("a model is made of its graph");
  }

  /** The type of a model of a class, which may have any arguments. */
  static LayerType type(String className) {
    return LayerType.of(
            className.equals(SEQUENTIAL) ? SEQUENTIAL : "Functional", GraphReader::unmade)
        .withAnyArguments();
  }

  /** Whether a class is a model whose config holds a graph. */
  static boolean isModel(String className) {
    return FUNCTIONAL.contains(className) || className.equals(SEQUENTIAL);
  }

  LayerGraph read() {
    JsonNode entries = json.path("config").path("layers");
    if (!entries.isArray() || entries.isEmpty() || entries.size() > MOST_LAYERS) {
      throw new InvalidInputException(
          where + ": model '" + name + "' has no list of layers, expected 1 to " + MOST_LAYERS);
    }
    return json.path("class_name").asText().equals(SEQUENTIAL)
        ? sequential(entries)
        : functional(entries);
  }

  private LayerGraph functional(JsonNode entries) {
    for (JsonNode entry : entries) {
      Layer layer = add(entry);
      JsonNode calls = entry.path("inbound_nodes");
      for (int i = 0; i < calls.size() && !(layer instanceof InputLayer); i++) {
        String place = where + ": " + layer.config().shown() + ": inbound_nodes[" + i + "]";
        int number = generation == 2 && layer instanceof Functional ? i + 1 : i;
        nodes.add(
            new Node(layer.name(), number, new CallReader(place, generation).read(calls.get(i))));
      }
    }
    JsonNode config = json.path("config");
    CallReader ends = new CallReader(where + ": model '" + name + "'", generation);
    Structure<TensorRef> inputs = ends.ends(config.path("input_layers"));
    Structure<TensorRef> outputs = ends.ends(config.path("output_layers")).map(this::output);
    if (inputs.leaves().isEmpty() || outputs.leaves().isEmpty()) {
      throw new InvalidInputException(where + ": model '" + name + "' has no input or no output");
    }
    return new LayerGraph(
        ImmutableList.copyOf(layers.values()),
        new NodeOrder(layers, nodes, where).ordered(outputs),
        inputs,
        outputs);
  }

  /**
   * A functional model has a call on its own inputs before all others. Keras 2 counts it in every
   * reference, Keras 3 only in those of outputs, and does not count it for sequential models.
   */
  private TensorRef output(TensorRef ref) {
    boolean counted =
        generation == 3
            && ref.node() > 0
            && layers.get(ref.layer()) instanceof Functional model
            && !model.kerasClass().equals(SEQUENTIAL);
    return counted ? new TensorRef(ref.layer(), ref.node() - 1, ref.tensor()) : ref;
  }

  private Layer add(JsonNode entry) {
    Layer layer = reader.layer(entry, where, generation);
    requireName(layer.name());
    if (layers.put(layer.name(), layer) != null) {
      throw new InvalidInputException(where + ": layer '" + layer.name() + "' occurs twice");
    }
    return layer;
  }

  /** Names come into messages, paths and files. */
  private void requireName(String layer) {
    if (layer.isEmpty()
        || layer.length() > LONGEST_NAME
        || layer.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidInputException(
          where
              + ": a layer's name has "
              + layer.length()
              + " characters, expected 1 to "
              + LONGEST_NAME
              + " and no control character");
    }
  }

  private LayerGraph sequential(JsonNode entries) {
    for (JsonNode entry : entries) {
      add(entry);
    }
    Optional<Layer> first = layers.values().stream().findFirst();
    Layer input = first.filter(InputLayer.class::isInstance).orElseGet(this::input);
    TensorRef last = new TensorRef(input.name(), 0, 0);
    ImmutableList.Builder<Layer> all = ImmutableList.builder();
    all.add(input);
    for (Layer layer : layers.values()) {
      if (layer instanceof InputLayer) {
        continue;
      }
      all.add(layer);
      nodes.add(new Node(layer.name(), 0, Arguments.of(last)));
      last = new TensorRef(layer.name(), 0, 0);
    }
    return new LayerGraph(
        all.build(),
        ImmutableList.copyOf(nodes),
        Structure.leaf(new TensorRef(input.name(), 0, 0)),
        Structure.leaf(last));
  }

  /** The input of a sequential model that was built without one. */
  private Layer input() {
    JsonNode config = json.path("config");
    JsonNode entry = config.path("layers").path(0).path("config");
    JsonNode shape =
        entry.has("batch_input_shape")
            ? entry.path("batch_input_shape")
            : entry.has("batch_shape")
                ? entry.path("batch_shape")
                : config.has("build_input_shape")
                    ? config.path("build_input_shape")
                    : json.path("build_config").path("input_shape");
    String firstClass = config.path("layers").path(0).path("class_name").asText();
    ObjectNode given = JSON.objectNode();
    given.set("batch_shape", shape.isArray() ? shape : JSON.nullNode());
    given.put("dtype", INPUT_TYPES.getOrDefault(firstClass, "float32"));
    return InputLayer.TYPE.create(free(name + "_input"), given);
  }

  /** What first layers read that do not read floats. */
  private static final ImmutableMap<String, String> INPUT_TYPES =
      ImmutableMap.of(
          "Embedding", "int32",
          "StringLookup", "string",
          "IntegerLookup", "int64",
          "Hashing", "string",
          "CategoryEncoding", "int32");

  private String free(String wanted) {
    String found = wanted;
    while (layers.containsKey(found)) {
      found = found + "_";
    }
    return found;
  }
}
