package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a functional model as Keras 3's {@code config.json}. */
final class FunctionalWriter {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Classes that Keras builds without noting a shape. */
  private static final ImmutableSet<String> NOT_BUILT =
      ImmutableSet.of(FunctionalLayer.INPUT, "Dropout", "GlobalAveragePooling1D", "Reshape");

  private final FunctionalModel model;
  private final ImmutableMap<String, FunctionalLayer> layers;
  private final Map<FunctionalTensor, FunctionalShapes.Spec> specs = new HashMap<>();

  FunctionalWriter(FunctionalModel model) {
    if (model.generation() != 3) {
      throw new IllegalStateException("config.json is Keras 3's, this is a model of Keras 2");
    }
    this.model = model;
    this.layers = model.byName();
  }

  ObjectNode write(Optional<ObjectNode> compileConfig) {
    ObjectNode root = JSON.objectNode();
    root.put("module", "keras.src.models.functional").put("class_name", "Functional");
    ObjectNode config = root.putObject("config");
    config.put("name", model.name()).put("trainable", true);
    ArrayNode entries = config.putArray("layers");
    model.layers().forEach(layer -> entries.add(entry(layer)));
    config.set("input_layers", ends(model.inputs()));
    config.set("output_layers", ends(model.outputs()));
    root.put("registered_name", "Functional");
    root.putObject("build_config").putNull("input_shape");
    compileConfig.ifPresent(given -> root.set("compile_config", given.deepCopy()));
    return root;
  }

  private ObjectNode entry(FunctionalLayer layer) {
    ObjectNode entry = JSON.objectNode();
    boolean own = FunctionalClasses.isOfReference(layer.className());
    entry.put("module", FunctionalClasses.module(layer.className()));
    entry.put("class_name", layer.className());
    entry.set("config", layer.config());
    entry.put("registered_name", own ? layer.className() : null);
    if (!NOT_BUILT.contains(layer.className())) {
      entry.set("build_config", buildConfig(layer));
    }
    entry.put("name", layer.name());
    ArrayNode nodes = entry.putArray("inbound_nodes");
    layer.calls().forEach(call -> nodes.add(node(layer, call)));
    return entry;
  }

  private ObjectNode buildConfig(FunctionalLayer layer) {
    FunctionalCall call = layer.calls().get(0);
    ObjectNode config = JSON.objectNode();
    if (layer.is("MultiHeadAttention")) {
      ObjectNode shapes = config.putObject("shapes_dict");
      shapes.set("query_shape", shape(spec(call.inputs().get(0))));
      shapes.set("value_shape", shape(spec(call.inputs().get(1))));
    } else if (call.listed()) {
      ArrayNode list = config.putArray("input_shape");
      call.inputs().forEach(input -> list.add(shape(spec(input))));
    } else {
      config.set("input_shape", shape(spec(call.inputs().get(0))));
    }
    return config;
  }

  private ObjectNode node(FunctionalLayer layer, FunctionalCall call) {
    ObjectNode node = JSON.objectNode();
    ArrayNode args = node.putArray("args");
    ArrayNode tensors = call.listed() ? args.addArray() : args;
    call.inputs().forEach(input -> tensors.add(tensor(input)));
    ObjectNode kwargs = node.putObject("kwargs");
    switch (layer.className()) {
      case "Dropout" -> kwargs.put("training", false);
      case "GlobalAveragePooling1D" -> kwargs.putNull("mask");
      case "MultiHeadAttention" -> kwargs.putNull("attention_mask");
      default -> {} // the others are called on tensors alone
    }
    call.named().forEach((name, tensor) -> kwargs.set(name, tensor(tensor)));
    return node;
  }

  private ObjectNode tensor(FunctionalTensor tensor) {
    FunctionalShapes.Spec spec = spec(tensor);
    ObjectNode node = JSON.objectNode();
    ObjectNode config = node.put("class_name", "__keras_tensor__").putObject("config");
    config.set("shape", shape(spec));
    config.put("dtype", spec.dtype());
    config.set("keras_history", history(tensor));
    return node;
  }

  private static ArrayNode history(FunctionalTensor tensor) {
    return JSON.arrayNode().add(tensor.layer()).add(tensor.node()).add(tensor.tensor());
  }

  private static ArrayNode shape(FunctionalShapes.Spec spec) {
    ArrayNode shape = JSON.arrayNode().addNull();
    spec.dims().forEach(shape::add);
    return shape;
  }

  private static ObjectNode ends(Map<String, FunctionalTensor> tensors) {
    ObjectNode ends = JSON.objectNode();
    tensors.forEach((name, tensor) -> ends.set(name, history(tensor)));
    return ends;
  }

  private FunctionalShapes.Spec spec(FunctionalTensor tensor) {
    FunctionalShapes.Spec known = specs.get(tensor);
    if (known == null) {
      FunctionalLayer layer = requireNonNull(layers.get(tensor.layer()), tensor.layer());
      List<FunctionalShapes.Spec> inputs =
          layer.calls().isEmpty()
              ? List.of()
              : layer.calls().get(tensor.node()).tensors().stream().map(this::spec).toList();
      known = FunctionalShapes.of(layer.className(), layer.config(), inputs);
      specs.put(tensor, known);
    }
    return known;
  }
}
