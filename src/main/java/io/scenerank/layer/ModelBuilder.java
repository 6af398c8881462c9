package io.scenerank.layer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.GroupNames;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.Structure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts a model together in the way of Keras' functional API: layers are made and called on tensors.
 * A layer without a path of its own is named after its class, with a counter, as in a fresh session
 * of Keras.
 */
@PublicApi
public final class ModelBuilder {
  /** Begins the names of inputs, which may be those of tasks too. */
  private static final String INPUTS = "inputs/";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final LayerTypes types;
  private final String name;
  private final LayerConfig.ObjectReader inner;
  private final Map<String, Integer> counters = new HashMap<>();
  private final Map<String, Layer> layers = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, TensorRef> inputs = new LinkedHashMap<>();

  /**
   * @param types the layers that there are
   * @param name of the model
   */
  public ModelBuilder(LayerTypes types, String name) {
    this.types = types;
    this.name = name;
    this.inner = ModelReader.objects(types, "model '" + name + "'");
  }

  /** A layer that can be called. */
  public final class CallableLayer {
    private final Layer layer;
    private int calls;

    private CallableLayer(Layer layer) {
      this.layer = layer;
    }

    /** {@code layer(x)}. */
    public TensorRef call(TensorRef x) {
      return call(Arguments.of(x));
    }

    /** {@code layer([x, …])}. */
    public TensorRef callOn(TensorRef... tensors) {
      return callOn(ImmutableList.copyOf(tensors));
    }

    /** {@code layer([x, …])}. */
    public TensorRef callOn(List<TensorRef> tensors) {
      return call(Arguments.ofStructure(Structure.items(tensors)));
    }

    /** {@code layer(*args, **kwargs)}. */
    public TensorRef call(Arguments<TensorRef> arguments) {
      nodes.add(new Node(layer.name(), calls, arguments));
      return new TensorRef(layer.name(), calls++, 0);
    }

    /** What a call on a list gives that gives several tensors. */
    public ImmutableList<TensorRef> several(int count, TensorRef... tensors) {
      TensorRef first = callOn(tensors);
      ImmutableList.Builder<TensorRef> results = ImmutableList.builder();
      for (int i = 0; i < count; i++) {
        results.add(new TensorRef(first.layer(), first.node(), i));
      }
      return results.build();
    }
  }

  /**
   * A layer with a path of its own.
   *
   * @param path begins the paths of its variables, as {@code dnn/epnet}
   * @param kerasClass its class
   * @param arguments of its constructor under Keras' names: numbers, flags, texts and lists
   * @throws InvalidInputException if there is no such class, or two layers of one path
   */
  public CallableLayer layer(String path, String kerasClass, Map<String, ?> arguments) {
    return layer(path, kerasClass, json(arguments), 3);
  }

  /** A layer that is named after its class. */
  public CallableLayer layer(String kerasClass, Map<String, ?> arguments) {
    return layer(kerasClass, json(arguments));
  }

  /** A layer that is named after its class. */
  public CallableLayer layer(String kerasClass, ObjectNode arguments) {
    String stem = GroupNames.snakeCase(kerasClass);
    int number = counters.merge(stem, 1, Integer::sum) - 1;
    return layer(number == 0 ? stem : stem + "_" + number, kerasClass, arguments, 3);
  }

  /**
   * A layer with a path of its own.
   *
   * @param generation of Keras as which it computes
   */
  public CallableLayer layer(String path, String kerasClass, ObjectNode arguments, int generation) {
    Layer layer =
        types
            .layer(kerasClass)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "model '" + name + "': the class " + kerasClass + " is unknown"))
            .read(path, arguments, generation, inner);
    return new CallableLayer(add(layer));
  }

  private Layer add(Layer layer) {
    if (layers.put(layer.name(), layer) != null) {
      throw new InvalidInputException(
          "two layers of the model would be named '"
              + layer.name()
              + "'; rename the task or column that has this name");
    }
    return layer;
  }

  /**
   * The model's input of a name, which is made at the first call.
   *
   * @param width number of values of a row
   * @param dtype {@code int32} for ids, {@code float32} for numbers
   */
  public TensorRef input(String column, int width, String dtype) {
    return inputs.computeIfAbsent(
        column,
        key -> {
          ObjectNode given = JSON.objectNode();
          given.putArray("batch_shape").addNull().add(width);
          given.put("dtype", dtype);
          return new TensorRef(add(InputLayer.TYPE.create(INPUTS + key, given)).name(), 0, 0);
        });
  }

  /** Tensors side by side; a single one as it is. */
  public TensorRef concatenate(List<TensorRef> parts, int axis) {
    return parts.size() == 1
        ? parts.get(0)
        : layer("Concatenate", JSON.objectNode().put("axis", axis)).callOn(parts);
  }

  /** The sum of tensors; a single one as it is. */
  public TensorRef add(List<TensorRef> parts) {
    return parts.size() == 1 ? parts.get(0) : layer("Add", JSON.objectNode()).callOn(parts);
  }

  /** A task's logit with the linear logits, if there are any. */
  public TensorRef add(TensorRef logit, Optional<TensorRef> linear) {
    return linear.map(more -> add(ImmutableList.of(logit, more))).orElse(logit);
  }

  /** The inputs by their names. */
  public ImmutableMap<String, TensorRef> inputs() {
    return ImmutableMap.copyOf(inputs);
  }

  /** The name of an input of a model that was built so. */
  public static String inputName(TensorRef input) {
    return input.layer().startsWith(INPUTS)
        ? input.layer().substring(INPUTS.length())
        : input.layer();
  }

  /**
   * The model.
   *
   * @param outputs by their names, in their order
   */
  public Functional build(Map<String, TensorRef> outputs) {
    Structure<TensorRef> results = entries(outputs);
    LayerGraph graph =
        new LayerGraph(
            new LayerOrder(layers, nodes).ordered(results.leaves()),
            new NodeOrder(layers, nodes, "model '" + name + "'").ordered(results),
            entries(inputs),
            results);
    return functional(name, graph, inner);
  }

  /** A model of a graph. */
  static Functional functional(String name, LayerGraph graph, LayerConfig.ObjectReader inner) {
    return (Functional)
        GraphReader.type("Functional")
            .read(name, JSON.objectNode(), 3, inner, config -> new Functional(config, graph));
  }

  private static Structure<TensorRef> entries(Map<String, TensorRef> tensors) {
    ImmutableMap.Builder<String, Structure<TensorRef>> entries = ImmutableMap.builder();
    tensors.forEach((key, tensor) -> entries.put(key, Structure.leaf(tensor)));
    return new Structure.Entries<>(entries.buildOrThrow());
  }

  private static ObjectNode json(Map<String, ?> arguments) {
    return new ConfigMapper().toTree(arguments);
  }
}
