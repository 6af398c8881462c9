package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads the config of a functional model of either generation. */
final class FunctionalParser {
  /** Classes whose config holds a graph of layers; {@code Model} is Keras 2's older name. */
  private static final ImmutableList<String> CLASSES = ImmutableList.of("Functional", "Model");

  private static final int MOST_LAYERS = 10_000;
  private static final int LONGEST_NAME = 500;

  private final String where;

  FunctionalParser(String where) {
    this.where = where;
  }

  FunctionalModel parse(JsonNode modelConfig) {
    FunctionalFields root = new FunctionalFields(modelConfig, where);
    String className = root.text("class_name");
    if (!CLASSES.contains(className)) {
      throw root.wrong("class_name", "Functional; models of other classes cannot be read");
    }
    FunctionalFields config = root.object("config");
    JsonNode entries = config.array("layers");
    if (entries.isEmpty() || entries.size() > MOST_LAYERS) {
      throw config.wrong("layers", "1 to " + MOST_LAYERS + " layers");
    }
    int generation = generation(modelConfig, entries);
    ImmutableMap<String, FunctionalLayer> layers = layers(entries, generation);
    layers
        .values()
        .forEach(layer -> layer.calls().forEach(call -> requireTensors(layer, call, layers)));
    new FunctionalGraph(layers.values())
        .cycle()
        .ifPresent(
            layer -> {
              throw new InvalidInputException(
                  where + ": " + layer.shown() + " reads its own result");
            });
    return new FunctionalModel(
        generation,
        config.optionalText("name").orElse("model"),
        layers.values().asList(),
        ends(config, "input_layers", layers),
        ends(config, "output_layers", layers));
  }

  /** Keras 3 writes a call as an object, Keras 2 as a list. */
  static int generation(JsonNode root, JsonNode entries) {
    for (JsonNode entry : entries) {
      JsonNode call = entry.path("inbound_nodes").path(0);
      if (!call.isMissingNode()) {
        return call.isObject() ? 3 : 2;
      }
    }
    return root.has("module") ? 3 : 2;
  }

  private ImmutableMap<String, FunctionalLayer> layers(JsonNode entries, int generation) {
    Map<String, FunctionalLayer> layers = new LinkedHashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      FunctionalFields fields = new FunctionalFields(entries.get(i), where + ": layers[" + i + "]");
      // Keras 2 puts the package before the name of a registered class.
      String className = fields.text("class_name").replaceFirst("^.*>", "");
      JsonNode config = fields.get("config");
      String name = fields.has("name") ? fields.text("name") : fields.object("config").text("name");
      String place = where + ": layer '" + FunctionalFields.shown(name) + "'";
      requireName(name, place);
      if (!(config instanceof ObjectNode object)) {
        throw fields.wrong("config", "keys and values");
      }
      FunctionalCalls calls = new FunctionalCalls(className, place);
      FunctionalLayer layer =
          FunctionalLayer.named(
              generation,
              name,
              className,
              object,
              className.equals(FunctionalLayer.INPUT)
                  ? ImmutableList.of()
                  : calls.parse(fields.array("inbound_nodes"), generation));
      if (layers.put(name, layer) != null) {
        throw new InvalidInputException(place + " occurs twice");
      }
    }
    return ImmutableMap.copyOf(layers);
  }

  /** Names come into messages, paths and files. */
  private static void requireName(String name, String place) {
    if (name.isEmpty()
        || name.length() > LONGEST_NAME
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidInputException(
          place
              + ": found the name '"
              + FunctionalFields.shown(name)
              + "', expected 1 to "
              + LONGEST_NAME
              + " characters and no control character");
    }
  }

  private void requireTensors(
      FunctionalLayer layer, FunctionalCall call, ImmutableMap<String, FunctionalLayer> layers) {
    if (call.tensors().isEmpty()) {
      throw new InvalidInputException(where + ": " + layer.shown() + " is called without a tensor");
    }
    for (FunctionalTensor tensor : call.tensors()) {
      requireTensor(tensor, where + ": " + layer.shown(), layers);
    }
  }

  private static void requireTensor(
      FunctionalTensor tensor, String place, ImmutableMap<String, FunctionalLayer> layers) {
    FunctionalLayer source = layers.get(tensor.layer());
    if (source == null || tensor.node() >= source.nodes()) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: reads call %d of layer '%s', which is not there",
              place,
              tensor.node(),
              FunctionalFields.shown(tensor.layer())));
    }
  }

  /** The model's inputs or outputs: a dict of tensors, a list of them, or one. */
  private ImmutableMap<String, FunctionalTensor> ends(
      FunctionalFields config, String key, ImmutableMap<String, FunctionalLayer> layers) {
    JsonNode given = FunctionalFields.unwrapped(config.get(key));
    String place = where + ": " + key;
    Map<String, FunctionalTensor> ends = new LinkedHashMap<>();
    if (given.isObject()) {
      given
          .properties()
          .forEach(end -> ends.put(end.getKey(), FunctionalCalls.tensor(end.getValue(), place)));
    } else {
      List<JsonNode> list = new ArrayList<>();
      boolean single = given.path(0).isTextual();
      (single ? List.of(given) : given).forEach(list::add);
      for (JsonNode end : list) {
        FunctionalTensor tensor = FunctionalCalls.tensor(end, place);
        if (ends.put(tensor.layer(), tensor) != null) {
          throw new InvalidInputException(
              place + ": layer '" + FunctionalFields.shown(tensor.layer()) + "' occurs twice");
        }
      }
    }
    if (ends.isEmpty()) {
      throw config.wrong(key, "tensors");
    }
    ends.keySet().forEach(name -> requireName(name, place));
    ends.values().forEach(tensor -> requireTensor(tensor, place, layers));
    return ImmutableMap.copyOf(ends);
  }
}
