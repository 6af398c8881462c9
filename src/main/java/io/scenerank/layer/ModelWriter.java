package io.scenerank.layer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.KerasTypes;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.Structure;
import java.util.Comparator;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/**
 * Writes a model as Keras 3's JSON: what {@code config.json} of a {@code .keras} holds and {@code
 * model.to_json()} returns.
 */
final class ModelWriter {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String NAME = "name";
  private static final String CONFIG = "config";
  private static final String CLASS = "class_name";
  private static final String MODULE = "module";
  private static final String REGISTERED = "registered_name";

  private final Functional model;
  private final LayerGraph graph;
  private final ImmutableMap<String, LayerTree> built;

  private ModelWriter(Functional model, LayerTree tree) {
    this.model = model;
    this.graph = model.graph();
    this.built = Maps.uniqueIndex(tree.children(), child -> child.layer().name());
  }

  /**
   * Writes a model.
   *
   * @param model with Keras' names
   * @param tree of the model, built: the shapes of its tensors
   * @throws InvalidInputException naming a layer that is called as only Keras 2 calls it
   */
  static ObjectNode write(Functional model, LayerTree tree) {
    return new ModelWriter(model, tree).write();
  }

  private ObjectNode write() {
    ObjectNode root = JSON.objectNode();
    root.put(MODULE, "keras.src.models.functional").put(CLASS, "Functional");
    ObjectNode config = root.putObject(CONFIG);
    config.put(NAME, model.name()).put("trainable", true);
    ArrayNode layers = config.putArray("layers");
    graph.layers().forEach(layer -> layers.add(entry(layer)));
    config.set("input_layers", structure(graph.inputs(), this::history));
    config.set("output_layers", structure(graph.outputs(), this::history));
    root.put(REGISTERED, "Functional");
    return root;
  }

  private ObjectNode entry(Layer layer) {
    LayerType type = layer.config().type();
    String className = layer.kerasClass();
    ObjectNode entry = JSON.objectNode();
    entry.put(MODULE, type.module());
    entry.put(CLASS, className.substring(className.indexOf('>') + 1));
    entry.set(CONFIG, config(layer));
    entry.put(REGISTERED, type.isOfKeras() ? null : className);
    entry.put(NAME, layer.name());
    ArrayNode nodes = entry.putArray("inbound_nodes");
    graph.calls().get(layer.name()).stream()
        .sorted(Comparator.comparingInt(Node::number))
        .forEach(node -> nodes.add(call(layer, node)));
    return entry;
  }

  private static ObjectNode config(Layer layer) {
    ObjectNode config = JSON.objectNode().put(NAME, layer.name());
    if (layer instanceof InputLayer) {
      config.put("sparse", false).put("ragged", false).put("optional", false);
    } else {
      config.put("trainable", true);
      ObjectNode policy = config.putObject("dtype");
      policy.put(MODULE, "keras").put(CLASS, "DTypePolicy");
      policy.putObject(CONFIG).put(NAME, "float32");
      policy.putNull(REGISTERED);
    }
    return config.setAll(layer.config().json());
  }

  private ObjectNode call(Layer layer, Node node) {
    requireMasking(layer, node);
    ObjectNode call = JSON.objectNode();
    ArrayNode args = call.putArray("args");
    node.arguments().positional().forEach(given -> args.add(structure(given, this::tensor)));
    ObjectNode kwargs = call.putObject("kwargs");
    node.arguments()
        .named()
        .forEach((name, given) -> kwargs.set(name, structure(given, this::tensor)));
    return call;
  }

  /** A generation of Keras masks as it does, which matters where a sequence is masked. */
  private void requireMasking(Layer layer, Node node) {
    boolean masked =
        node.arguments().named().keySet().stream().anyMatch(key -> key.contains("mask"));
    if (masked && layer.config().generation() == 2) {
      throw new InvalidInputException(
          "model '"
              + model.name()
              + "': "
              + layer.config().shown()
              + " masks a sequence as Keras 2 does (attention_masking: keras2), and Keras 3 masks"
              + " differently; export it as h5 or saved_model");
    }
  }

  /** Writes one tensor. */
  private interface Leaf {
    JsonNode write(TensorRef ref);
  }

  private static JsonNode structure(Structure<TensorRef> structure, Leaf leaf) {
    if (structure instanceof Structure.Leaf<TensorRef> one) {
      return leaf.write(one.value());
    }
    if (structure instanceof Structure.Items<TensorRef> list) {
      ArrayNode items = JSON.arrayNode();
      list.items().forEach(item -> items.add(structure(item, leaf)));
      return items;
    }
    if (structure instanceof Structure.Entries<TensorRef> dict) {
      ObjectNode entries = JSON.objectNode();
      dict.entries().forEach((key, value) -> entries.set(key, structure(value, leaf)));
      return entries;
    }
    return ((Structure.Constant<TensorRef>) structure).value();
  }

  private JsonNode tensor(TensorRef ref) {
    Layer layer = graph.layer(ref.layer());
    Optional<LayerTree.Output> output =
        Optional.ofNullable(built.get(ref.layer()))
            .filter(tree -> ref.node() < tree.outputs().size())
            .map(tree -> tree.outputs().get(ref.node()).get(ref.tensor()));
    Shape shape =
        layer instanceof InputLayer input
            ? input.shape()
            : output.map(LayerTree.Output::shape).orElse(Shape.of(Shape.UNKNOWN_SIZE));
    String dtype =
        layer instanceof InputLayer input
            ? input.dtype()
            : output.map(found -> KerasTypes.nameOf(found.type())).orElse("float32");
    ObjectNode node = JSON.objectNode();
    ObjectNode config = node.put(CLASS, "__keras_tensor__").putObject(CONFIG);
    ArrayNode sizes = config.putArray("shape");
    for (long size : shape.asArray()) {
      if (size < 0) {
        sizes.addNull();
      } else {
        sizes.add(size);
      }
    }
    config.put("dtype", dtype);
    config.set("keras_history", history(ref));
    return node;
  }

  private JsonNode history(TensorRef ref) {
    return JSON.arrayNode().add(ref.layer()).add(ref.node()).add(ref.tensor());
  }
}
