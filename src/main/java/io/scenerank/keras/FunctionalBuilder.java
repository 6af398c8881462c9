package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A functional model under construction, in the way of Keras' functional API: layers are made and
 * called on tensors. A layer without a name of its own is named after its class, with a counter, as
 * in a fresh session.
 */
final class FunctionalBuilder {
  private final int generation;
  private final Map<String, Integer> counters = new HashMap<>();
  private final Map<String, Layer> layers = new LinkedHashMap<>();
  private final Map<FunctionalTensor, FunctionalShapes.Spec> specs = new HashMap<>();
  private final Map<String, FunctionalTensor> inputs = new LinkedHashMap<>();

  /**
   * @param generation 2 or 3
   */
  FunctionalBuilder(int generation) {
    this.generation = generation;
  }

  /** A layer that can be called. */
  final class Layer {
    private final String name;
    private final String className;
    private final ObjectNode config;
    private final List<FunctionalCall> calls = new ArrayList<>();

    private Layer(String name, String className, ObjectNode config) {
      this.name = name;
      this.className = className;
      this.config = config;
    }

    /** {@code layer(tensor)}. */
    FunctionalTensor call(FunctionalTensor tensor) {
      return call(FunctionalCall.of(tensor));
    }

    /** {@code layer([tensor, …])}. */
    FunctionalTensor callOn(FunctionalTensor... tensors) {
      return callOn(ImmutableList.copyOf(tensors));
    }

    /** {@code layer([tensor, …])}. */
    FunctionalTensor callOn(List<FunctionalTensor> tensors) {
      return call(FunctionalCall.listed(tensors));
    }

    FunctionalTensor call(FunctionalCall call) {
      FunctionalTensor result = new FunctionalTensor(name, calls.size(), 0);
      specs.put(result, spec(call.tensors()));
      calls.add(call);
      return result;
    }

    /** What a layer gives that is called once and gives several tensors. */
    ImmutableList<FunctionalTensor> several(int count, FunctionalTensor... tensors) {
      FunctionalShapes.Spec spec = specs.get(callOn(tensors));
      ImmutableList.Builder<FunctionalTensor> results = ImmutableList.builder();
      for (int i = 0; i < count; i++) {
        FunctionalTensor result = new FunctionalTensor(name, 0, i);
        specs.put(result, spec);
        results.add(result);
      }
      return results.build();
    }

    private FunctionalTensor asInput() {
      FunctionalTensor result = new FunctionalTensor(name, 0, 0);
      specs.put(result, spec(ImmutableList.of()));
      return result;
    }

    private FunctionalShapes.Spec spec(List<FunctionalTensor> tensors) {
      return FunctionalShapes.of(className, config, tensors.stream().map(specs::get).toList());
    }
  }

  /**
   * A layer with a path of its own.
   *
   * @throws InvalidInputException if Keras could not give it a name, or two layers one
   */
  Layer layer(String path, String className, ObjectNode config) {
    if (path.contains("__")) {
      throw new InvalidInputException(
          "the layer '"
              + path
              + "' cannot be named in Keras, where two underscores mean a slash; rename the task or"
              + " column that the layer is named after");
    }
    return add(FunctionalLayer.name(path, generation), className, config);
  }

  /** A layer that is named after its class. */
  Layer layer(String className, ObjectNode config) {
    String stem = Keras3Names.snakeCase(className);
    int number = counters.merge(stem, 1, Integer::sum) - 1;
    return add(Keras3Names.counted(stem, number), className, config);
  }

  private Layer add(String name, String className, ObjectNode config) {
    ObjectNode named = config.objectNode().put("name", name);
    named.setAll(config);
    Layer layer = new Layer(name, className, named);
    if (layers.put(name, layer) != null) {
      throw new InvalidInputException(
          "two layers of the Keras model would be named '"
              + name
              + "'; rename the task or column that has this name");
    }
    return layer;
  }

  /** The model's input of a name, which is made at the first call. */
  FunctionalTensor input(String name, int width, String dtype) {
    return inputs.computeIfAbsent(
        name,
        key -> add(key, FunctionalLayer.INPUT, FunctionalConfigs.input(width, dtype)).asInput());
  }

  /** Last dimension of a tensor. */
  int width(FunctionalTensor tensor) {
    return requireNonNull(specs.get(tensor), tensor.layer()).width();
  }

  /** Tensors side by side; a single one as it is. */
  FunctionalTensor concatenate(List<FunctionalTensor> parts, int axis) {
    return parts.size() == 1
        ? parts.get(0)
        : layer("Concatenate", FunctionalConfigs.concatenate(axis)).callOn(parts);
  }

  /** A task's logit with the linear logits, if there are any. */
  FunctionalTensor add(FunctionalTensor own, Optional<FunctionalTensor> linear) {
    return linear.map(logits -> add(List.of(own, logits))).orElse(own);
  }

  /** What a PredictLayer makes of a logit: the probability [B, 1]. */
  FunctionalTensor probability(String path, FunctionalTensor logit) {
    return layer(path, "PredictLayer", FunctionalConfigs.predict(false)).call(logit);
  }

  /** The sum of tensors; a single one as it is. */
  FunctionalTensor add(List<FunctionalTensor> parts) {
    return parts.size() == 1
        ? parts.get(0)
        : layer("Add", FunctionalConfigs.layer().build()).callOn(parts);
  }

  /**
   * The model.
   *
   * @param outputs by task, in the order of the tasks
   */
  FunctionalModel build(String name, Map<String, FunctionalTensor> outputs) {
    ImmutableList<FunctionalLayer> made =
        layers.values().stream()
            .map(
                layer ->
                    FunctionalLayer.named(
                        generation,
                        layer.name,
                        layer.className,
                        layer.config,
                        ImmutableList.copyOf(layer.calls)))
            .collect(ImmutableList.toImmutableList());
    FunctionalModel unordered =
        new FunctionalModel(
            generation, name, made, ImmutableMap.copyOf(inputs), ImmutableMap.copyOf(outputs));
    return new FunctionalModel(
        generation,
        name,
        new FunctionalGraph(made).ordered(unordered.flatOutputs()),
        unordered.inputs(),
        unordered.outputs());
  }
}
