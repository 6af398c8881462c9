package io.scenerank.layer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.scene.SceneLayers;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A model that a program put together, with the names that Keras gives: there a name has no slash
 * but two underscores, and an input is called after its column.
 */
public final class KerasForm {
  private static final String META_UNIT = "meta_unit";

  private final Functional model;
  private final LayerTypes types;
  private final UnaryOperator<String> classes;
  private final LayerConfig.ObjectReader reader;
  private final Map<String, String> names = new HashMap<>();

  private KerasForm(Functional model, LayerTypes types, UnaryOperator<String> classes) {
    this.model = model;
    this.types = types;
    this.classes = classes;
    this.reader = ModelReader.objects(types, "model '" + model.name() + "'");
  }

  /**
   * The model under Keras' names.
   *
   * @param types the layers that there are
   * @throws InvalidInputException if two layers would have one name
   */
  public static Functional of(Functional model, LayerTypes types) {
    return new KerasForm(model, types, UnaryOperator.identity()).model();
  }

  /** The same of the original implementation's classes, which compute alike. */
  public static Functional original(Functional model, LayerTypes types) {
    ImmutableMap<String, String> classes = SceneLayers.originals();
    return new KerasForm(model, types, name -> classes.getOrDefault(name, name)).model();
  }

  /**
   * Writes a model as Keras 3's JSON: what {@code config.json} of a {@code .keras} holds and {@code
   * model.to_json()} returns.
   *
   * @param model with Keras' names
   * @param tree of the model, built: the shapes of its tensors
   * @throws InvalidInputException naming a layer that is called as only Keras 2 calls it
   */
  public static ObjectNode json(Functional model, LayerTree tree) {
    return ModelWriter.write(model, tree);
  }

  /** Names of the original implementation's classes that are called otherwise here. */
  public static ImmutableSet<String> originalClasses() {
    return ImmutableSet.copyOf(SceneLayers.originals().values());
  }

  private Functional model() {
    LayerGraph graph = model.graph();
    Set<String> used = new HashSet<>();
    for (Layer layer : graph.layers()) {
      String name = nameOf(layer);
      names.put(layer.name(), name);
      if (!used.add(name)) {
        throw new InvalidInputException(
            "two layers of the Keras model would be named '"
                + name
                + "'; rename the task or column that has this name");
      }
    }
    LayerGraph renamed =
        new LayerGraph(
            graph.layers().stream().map(this::layer).collect(ImmutableList.toImmutableList()),
            graph.nodes().stream().map(this::node).collect(ImmutableList.toImmutableList()),
            graph.inputs().map(this::tensor),
            graph.outputs().map(this::tensor));
    return ModelBuilder.functional(model.name(), renamed, reader);
  }

  private static String nameOf(Layer layer) {
    if (layer instanceof InputLayer) {
      return ModelBuilder.inputName(new TensorRef(layer.name(), 0, 0));
    }
    if (layer.name().contains("__")) {
      throw new InvalidInputException(
          "the layer '"
              + layer.name()
              + "' cannot be named in Keras, where two underscores mean a slash; rename the task or"
              + " column that the layer is named after");
    }
    return inKeras(layer.name());
  }

  private static String inKeras(String path) {
    return path.replace("/", "__");
  }

  private Layer layer(Layer layer) {
    ObjectNode given = layer.config().json();
    if (given.path(META_UNIT).path("config") instanceof ObjectNode unit) {
      // A layer inside several others has a name of its own.
      unit.put("name", inKeras(unit.path("name").asText()));
    }
    String name = names.getOrDefault(layer.name(), layer.name());
    if (layer instanceof InputLayer) {
      return InputLayer.TYPE.create(name, given);
    }
    return types
        .layer(classes.apply(layer.kerasClass()))
        .orElseThrow(() -> layer.config().wrong("class", "one that is registered"))
        .read(name, given, layer.config().generation(), reader);
  }

  private Node node(Node node) {
    return new Node(
        names.getOrDefault(node.layer(), node.layer()),
        node.number(),
        node.arguments().map(this::tensor));
  }

  private TensorRef tensor(TensorRef ref) {
    return new TensorRef(names.getOrDefault(ref.layer(), ref.layer()), ref.node(), ref.tensor());
  }
}
