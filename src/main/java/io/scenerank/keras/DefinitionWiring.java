package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.model.ModelParams.Activation;
import java.util.Arrays;
import java.util.Optional;

/** Questions to a foreign functional model about what its layers read. */
final class DefinitionWiring {
  private final FunctionalModel model;
  private final ImmutableMap<String, FunctionalLayer> byName;
  private final String where;

  /**
   * A task's output.
   *
   * @param own what the task's own layers give
   * @param linear the linear logits that were added to it
   */
  record Output(String task, FunctionalTensor own, Optional<FunctionalTensor> linear) {}

  DefinitionWiring(FunctionalModel model, String where) {
    this.model = model;
    this.byName = model.byName();
    this.where = where;
  }

  FunctionalModel model() {
    return model;
  }

  String where() {
    return where;
  }

  boolean has(String className) {
    return model.layers().stream().anyMatch(layer -> layer.is(className));
  }

  Optional<FunctionalLayer> at(String path) {
    return Optional.ofNullable(byName.get(FunctionalLayer.name(path, model.generation())));
  }

  /** The layer of a path and class, which the model needs. */
  FunctionalLayer need(String path, String className) {
    return at(path)
        .filter(layer -> layer.is(className))
        .orElseThrow(
            () ->
                new InvalidInputException(
                    where + ": there is no layer '" + path + "' of the class " + className));
  }

  FunctionalLayer source(FunctionalTensor tensor) {
    return requireNonNull(byName.get(tensor.layer()), tensor.layer());
  }

  boolean isOf(FunctionalTensor tensor, String className) {
    return source(tensor).is(className);
  }

  /** What the call that gave a tensor read, of a layer of a class. */
  ImmutableList<FunctionalTensor> inputsOf(FunctionalTensor tensor, String className) {
    FunctionalLayer layer = source(tensor);
    if (!layer.is(className)) {
      throw new InvalidInputException(
          where + ": found " + layer.shown() + ", expected a layer of the class " + className);
    }
    ImmutableList<FunctionalTensor> inputs = layer.calls().get(tensor.node()).inputs();
    if (inputs.isEmpty()) {
      throw error(layer, "is called without a tensor by position");
    }
    return inputs;
  }

  /** The input of a tensor that was made of one alone. */
  FunctionalTensor inputOf(FunctionalTensor tensor, String className) {
    return only(inputsOf(tensor, className), 1, source(tensor)).get(0);
  }

  /** The inputs of a layer's first call. */
  ImmutableList<FunctionalTensor> inputs(FunctionalLayer layer, int count) {
    if (layer.calls().isEmpty()) {
      throw error(layer, "is never called");
    }
    return only(layer.calls().get(0).inputs(), count, layer);
  }

  private ImmutableList<FunctionalTensor> only(
      ImmutableList<FunctionalTensor> inputs, int count, FunctionalLayer layer) {
    if (inputs.size() != count) {
      throw error(layer, "reads " + inputs.size() + " tensors, expected " + count);
    }
    return inputs;
  }

  /** Parts of a concatenation; the tensor itself where it is none. */
  ImmutableList<FunctionalTensor> parts(FunctionalTensor tensor) {
    return isOf(tensor, "Concatenate") ? inputsOf(tensor, "Concatenate") : ImmutableList.of(tensor);
  }

  /** The outputs in the order of the model's dict. */
  ImmutableList<Output> outputs() {
    ImmutableList.Builder<Output> outputs = ImmutableList.builder();
    model
        .outputs()
        .forEach(
            (task, tensor) -> {
              FunctionalTensor logit = inputOf(tensor, "PredictLayer");
              boolean sum = isOf(logit, "Add") && inputsOf(logit, "Add").size() == 2;
              outputs.add(
                  sum
                      ? new Output(
                          task,
                          inputsOf(logit, "Add").get(0),
                          Optional.of(inputsOf(logit, "Add").get(1)))
                      : new Output(task, logit, Optional.empty()));
            });
    return outputs.build();
  }

  FunctionalFields fields(FunctionalLayer layer) {
    return FunctionalFields.of(layer, where);
  }

  /**
   * The name of an activation.
   *
   * @param fallback where the key is missing or null
   * @throws InvalidInputException naming layer and activation if it is not known here
   */
  String activation(FunctionalLayer layer, String key, Activation fallback) {
    String name = fields(layer).optionalText(key).orElse(fallback.kerasName());
    ImmutableList<String> known =
        Arrays.stream(Activation.values())
            .map(Activation::kerasName)
            .collect(ImmutableList.toImmutableList());
    if (!known.contains(name)) {
      throw error(
          layer,
          key
              + " '"
              + FunctionalFields.shown(name)
              + "' is unknown"
              + SpellingHint.hint(FunctionalFields.shown(name), known));
    }
    return name;
  }

  InvalidInputException error(FunctionalLayer layer, String problem) {
    return new InvalidInputException(where + ": " + layer.shown() + ": " + problem);
  }
}
