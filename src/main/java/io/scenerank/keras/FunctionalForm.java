package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.ModelBuilder;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.Structure;
import io.scenerank.model.ModelDefinition;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A definition's graph of layers with the names that a generation of Keras gives them. */
final class FunctionalForm {
  private static final String ATTENTION = "MultiHeadAttention";
  private static final String MASK = "attention_mask";

  private static final JsonNode FLOAT32 =
      new ConfigMapper()
          .parse(
              """
              {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"},
               "registered_name": null}\
              """,
              "float32");

  private final ModelDefinition<?> definition;
  private final LayerGraph graph;
  private final int generation;

  /**
   * @param generation 2 or 3
   */
  FunctionalForm(ModelDefinition<?> definition, int generation) {
    if (generation != 2 && generation != 3) {
      throw new IllegalArgumentException("the generation is " + generation + ", expected 2 or 3");
    }
    this.definition = definition;
    this.graph = definition.functional().graph();
    this.generation = generation;
  }

  /**
   * The model.
   *
   * @throws InvalidInputException if the model has no form in Keras, or not in this generation
   */
  FunctionalModel model() {
    ImmutableList.Builder<FunctionalLayer> layers = ImmutableList.builder();
    Set<String> names = new HashSet<>();
    for (Layer layer : graph.layers()) {
      FunctionalLayer made = layer(layer);
      if (!names.add(made.name())) {
        throw new InvalidInputException(
            "two layers of the Keras model would be named '"
                + made.name()
                + "'; rename the task or column that has this name");
      }
      layers.add(made);
    }
    return new FunctionalModel(
        generation,
        definition.type().name(),
        layers.build(),
        ends(graph.inputs()),
        ends(graph.outputs()));
  }

  private ImmutableMap<String, FunctionalTensor> ends(Structure<TensorRef> structure) {
    Map<String, FunctionalTensor> ends = new LinkedHashMap<>();
    ((Structure.Entries<TensorRef>) structure)
        .entries()
        .forEach((name, ref) -> ends.put(name, tensor(ref.only())));
    return ImmutableMap.copyOf(ends);
  }

  private FunctionalTensor tensor(TensorRef ref) {
    return new FunctionalTensor(name(ref.layer()), ref.node(), ref.tensor());
  }

  /** Name of a layer in Keras by its name here, which is its path. */
  private String name(String layer) {
    return graph.layer(layer) instanceof InputLayer
        ? ModelBuilder.inputName(new TensorRef(layer, 0, 0))
        : FunctionalLayer.name(layer, generation);
  }

  private FunctionalLayer layer(Layer layer) {
    String className = layer.kerasClass();
    if (!FunctionalClasses.known().contains(className)) {
      throw new InvalidInputException(
          "model '"
              + definition.type().name()
              + "' has no form in Keras: "
              + layer.config().shown()
              + " is of a class that is not written");
    }
    if (!(layer instanceof InputLayer) && layer.name().contains("__")) {
      throw new InvalidInputException(
          "the layer '"
              + layer.name()
              + "' cannot be named in Keras, where two underscores mean a slash; rename the task or"
              + " column that the layer is named after");
    }
    return FunctionalLayer.named(
        generation,
        name(layer.name()),
        className,
        config(layer),
        graph.calls().get(layer.name()).stream()
            .sorted(Comparator.comparingInt(Node::number))
            .map(node -> call(layer, node))
            .collect(ImmutableList.toImmutableList()));
  }

  private ObjectNode config(Layer layer) {
    ObjectNode config = JsonNodeFactory.instance.objectNode().put("name", name(layer.name()));
    if (layer instanceof InputLayer) {
      config.put("sparse", false).put("ragged", false).put("optional", false);
    } else {
      config.put("trainable", true).set("dtype", FLOAT32);
    }
    config.setAll(layer.config().json());
    JsonNode unit = config.path("meta_unit").path("config");
    if (unit instanceof ObjectNode shared) {
      ObjectNode copy = config.path("meta_unit").deepCopy();
      copy.set(
          "config",
          shared
              .deepCopy()
              .put("name", FunctionalLayer.name(shared.path("name").asText(), generation)));
      config.set("meta_unit", copy);
    }
    return config;
  }

  private FunctionalCall call(Layer layer, Node node) {
    Arguments<TensorRef> arguments = node.arguments();
    boolean listed = arguments.positional().get(0) instanceof Structure.Items<TensorRef>;
    if (layer.kerasClass().equals(ATTENTION) && arguments.named().containsKey(MASK)) {
      requireMasking(layer, arguments.named().get(MASK).only());
    }
    ImmutableSortedMap.Builder<String, FunctionalTensor> named = ImmutableSortedMap.naturalOrder();
    arguments.named().forEach((name, value) -> named.put(name, tensor(value.only())));
    return new FunctionalCall(
        arguments.positional().stream()
            .flatMap(value -> value.leaves().stream())
            .map(this::tensor)
            .collect(ImmutableList.toImmutableList()),
        listed,
        named.build(),
        ImmutableSortedMap.of());
  }

  /** A generation of Keras masks as it does, which matters where a sequence is masked. */
  private void requireMasking(Layer attention, TensorRef mask) {
    int given = attention.config().generation();
    if (given != generation) {
      TensorRef ids = graph.calls().get(mask.layer()).get(0).arguments().only();
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "model '%s': attention_masking is keras%d, but Keras %d masks the sequence '%s'"
                  + " differently; expected keras%d",
              definition.type().name(),
              given,
              generation,
              ModelBuilder.inputName(ids),
              generation));
    }
  }
}
