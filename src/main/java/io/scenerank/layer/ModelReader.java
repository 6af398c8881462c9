package io.scenerank.layer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads models from Keras' JSON, of either generation: what {@code model.to_json()} returns and
 * {@code config.json} holds. All that a model needs and this library lacks is reported at once.
 */
public final class ModelReader implements LayerConfig.ObjectReader {
  private static final String SHARED = "shared_object_id";
  private static final int DEEPEST = 64;

  private final LayerTypes types;
  private final String where;
  private final List<String> problems = new ArrayList<>();
  private final Map<JsonNode, Layer> shared = new HashMap<>();
  private int depth;

  /** Once the model is read, an error about a layer that another one makes is thrown at once. */
  private boolean finished;

  private ModelReader(LayerTypes types, String where) {
    this.types = types;
    this.where = where;
  }

  /**
   * Reads a model.
   *
   * @param where how messages call the file
   * @throws InvalidInputException with a line for each layer that cannot be read
   */
  public static Functional read(LayerTypes types, JsonNode json, String where) {
    ModelReader reader = new ModelReader(types, where);
    String className = json.path("class_name").asText();
    if (!GraphReader.isModel(className)) {
      throw new InvalidInputException(
          where
              + ": the model is of the class '"
              + className
              + "', expected Functional or Sequential; export it as a SavedModel to use it as it"
              + " is");
    }
    Layer model = reader.layer(json, where, generation(json));
    reader.finished = true;
    if (!reader.problems.isEmpty()) {
      throw new InvalidInputException(
          where
              + ": the model needs what is not computed here; register a class (LayerTypes.with),"
              + " or export the model as a SavedModel to use it as it is",
          ImmutableList.copyOf(reader.problems));
    }
    return (Functional) model;
  }

  /** Reads the layers inside those that a program makes. */
  public static LayerConfig.ObjectReader objects(LayerTypes types, String where) {
    ModelReader reader = new ModelReader(types, where);
    reader.finished = true;
    return reader;
  }

  /** Keras 3 says in which module a class is; Keras 2's newest files do so too, for its own. */
  public static int generation(JsonNode model) {
    for (JsonNode entry : model.path("config").path("layers")) {
      JsonNode call = entry.path("inbound_nodes").path(0);
      if (!call.isMissingNode()) {
        return call.isObject() ? 3 : 2;
      }
    }
    for (JsonNode entry : model.path("config").path("layers")) {
      JsonNode config = entry.path("config");
      if (config.has("batch_input_shape")) {
        return 2;
      }
      if (config.has("batch_shape")) {
        return 3;
      }
    }
    return model.has("module") ? 3 : 2;
  }

  @Override
  public Layer layer(JsonNode json, String place, int generation) {
    String className = json.path("class_name").asText();
    JsonNode config = json.path("config");
    String name = json.path("name").asText(config.path("name").asText(className));
    if (className.isEmpty() || !(config instanceof ObjectNode given)) {
      throw new InvalidInputException(place + ": not a layer, expected class_name and config");
    }
    if (++depth > DEEPEST) {
      throw new InvalidInputException(place + ": models lie inside each other more than 64 deep");
    }
    try {
      if (GraphReader.isModel(className)) {
        LayerGraph graph = new GraphReader(this, name, json, place, generation).read();
        return GraphReader.type(className)
            .read(name, given, generation, this, config1 -> new Functional(config1, graph));
      }
      Optional<LayerType> type = find(json, className);
      if (type.isEmpty()) {
        throw new InvalidInputException(
            "layer '"
                + name
                + "': the class "
                + shown(json, className)
                + " is unknown"
                + SpellingHint.hint(className, types.layerNames()));
      }
      Layer known = isShared(json) ? shared.get(json.path(SHARED)) : null;
      if (known != null) {
        return known;
      }
      Layer layer = type.get().read(name, given, generation, this);
      if (isShared(json)) {
        shared.put(json.path(SHARED), layer);
      }
      return layer;
    } catch (InvalidInputException e) {
      if (finished) {
        throw e;
      }
      problems.add("  " + e.getMessage());
      e.details().forEach(line -> problems.add("  " + line));
      return unread(name);
    } finally {
      depth--;
    }
  }

  /** Whether several layers may hold this one: Keras then gives it an id. */
  private static boolean isShared(JsonNode json) {
    return json.path(SHARED).isValueNode() && !json.has("inbound_nodes");
  }

  private static String shown(JsonNode json, String className) {
    String registered = json.path("registered_name").asText("");
    return registered.contains(">") ? registered : className;
  }

  private Optional<LayerType> find(JsonNode json, String className) {
    String registered = json.path("registered_name").asText("");
    String bare = className.substring(className.lastIndexOf('>') + 1);
    if (json.path("module").asText("").contains(".ops")) {
      return types.operation(className);
    }
    return types.layer(registered).or(() -> types.layer(className)).or(() -> types.layer(bare));
  }

  /** Takes the place of a layer that was not read, so that the others are looked at too. */
  private static Layer unread(String name) {
    return LayerType.of("Unread", Unread::new).create(name, JsonNodeFactory.instance.objectNode());
  }

  /** How messages call the file. */
  String where() {
    return where;
  }

  private static final class Unread extends Layer {
    Unread(LayerConfig config) {
      super(config);
    }

    @Override
    public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
      throw new IllegalStateException("a layer that was not read cannot be built");
    }
  }
}
