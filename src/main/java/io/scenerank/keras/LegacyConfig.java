package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.layer.ModelReader;

/**
 * The config of a model in the form of a {@code .keras}, where a SavedModel of Keras 2 and a {@code
 * .h5} have another: the first has objects in the place of tuples, and a {@code .h5} of Keras 3
 * does not say in which module a class is, so that layers and operations are told apart by their
 * arguments.
 */
final class LegacyConfig {
  private static final String TUPLE = "__tuple__";
  private static final String CLASS = "class_name";
  private static final String CONFIG = "config";
  private static final String MODULE = "module";
  private static final String LAYERS = "layers";

  /** The layers whose config does not say whether they are trained, as those of others do. */
  private static final ImmutableSet<String> UNTRAINED =
      ImmutableSet.of("Discretization", "HashedCrossing", "InputLayer", "SpatialDropout1D");

  /** The operations that are not in the module {@code numpy}. */
  private static final ImmutableSet<String> NN =
      ImmutableSet.of(
          "BatchNorm",
          "Celu",
          "DotProductAttention",
          "Elu",
          "Gelu",
          "Glu",
          "HardShrink",
          "HardSigmoid",
          "HardSilu",
          "HardTanh",
          "LayerNorm",
          "LeakyRelu",
          "LogSigmoid",
          "LogSoftmax",
          "Moments",
          "MultiHot",
          "Normalize",
          "OneHot",
          "RMSNorm",
          "Relu",
          "Relu6",
          "Selu",
          "Sigmoid",
          "Silu",
          "SoftShrink",
          "Softmax",
          "Softplus",
          "Softsign",
          "SparsePlus",
          "SparseSigmoid",
          "Sparsemax",
          "Squareplus",
          "TanhShrink",
          "Threshold");

  private static final ImmutableSet<String> CORE =
      ImmutableSet.of(
          "Cast",
          "ConvertToTensor",
          "SaturateCast",
          "Scatter",
          "ScatterUpdate",
          "Slice",
          "StopGradient",
          "Unstack");

  private static final ImmutableSet<String> MATH =
      ImmutableSet.of(
          "CDist",
          "Erf",
          "Erfc",
          "Erfinv",
          "InTopK",
          "Logsumexp",
          "Rsqrt",
          "SegmentMax",
          "SegmentMin",
          "SegmentSum",
          "TopK");

  private LegacyConfig() {}

  /** The config in the usual form, as a copy. */
  static JsonNode usual(JsonNode model) {
    JsonNode json = withoutTuples(model);
    if (json instanceof ObjectNode object
        && !json.has(MODULE)
        && ModelReader.generation(json) == 3) {
      addModules(object);
    }
    return json;
  }

  private static JsonNode withoutTuples(JsonNode json) {
    if (json.path(CLASS).asText().equals(TUPLE) && json.path("items").isArray()) {
      return withoutTuples(json.path("items"));
    }
    ConfigMapper mapper = new ConfigMapper();
    if (json instanceof ArrayNode array) {
      ArrayNode items = mapper.newObject().arrayNode();
      array.forEach(item -> items.add(withoutTuples(item)));
      return items;
    }
    if (json instanceof ObjectNode object) {
      ObjectNode entries = mapper.newObject();
      object
          .properties()
          .forEach(entry -> entries.set(entry.getKey(), withoutTuples(entry.getValue())));
      return entries;
    }
    return json;
  }

  private static void addModules(ObjectNode entry) {
    String name = entry.path(CLASS).asText();
    int end = name.indexOf('>');
    if (end >= 0) {
      entry.put("registered_name", name).put(CLASS, name.substring(end + 1)).putNull(MODULE);
    } else if (!entry.has(MODULE)) {
      entry.put(MODULE, module(name, entry.path(CONFIG)));
    }
    for (JsonNode inner : entry.path(CONFIG).path(LAYERS)) {
      if (inner instanceof ObjectNode layer) {
        addModules(layer);
      }
    }
  }

  private static String module(String name, JsonNode config) {
    if (config.path(LAYERS).isArray()) {
      return name.equals("Sequential") ? "keras" : "keras.src.models.functional";
    }
    if (config.has("trainable") || UNTRAINED.contains(name)) {
      return "keras.layers";
    }
    String file =
        NN.contains(name)
            ? "nn"
            : CORE.contains(name)
                ? "core"
                : MATH.contains(name) ? "math" : name.equals("Norm") ? "linalg" : "numpy";
    return "keras.src.ops." + file;
  }
}
