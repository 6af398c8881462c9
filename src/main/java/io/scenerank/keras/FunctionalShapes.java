package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Ints;
import java.util.List;

/** The shapes and types of what layers give, by what they are given. */
final class FunctionalShapes {
  private static final String FLOAT = "float32";

  private FunctionalShapes() {}

  /**
   * Shape and type of a tensor.
   *
   * @param dims without the batch
   * @param dtype name of its type
   */
  record Spec(ImmutableList<Integer> dims, String dtype) {
    int width() {
      return dims.get(dims.size() - 1);
    }

    private Spec withWidth(int width) {
      return new Spec(
          ImmutableList.<Integer>builder()
              .addAll(dims.subList(0, dims.size() - 1))
              .add(width)
              .build(),
          FLOAT);
    }

    private static Spec of(int... dims) {
      return new Spec(ImmutableList.copyOf(Ints.asList(dims)), FLOAT);
    }
  }

  /**
   * What a layer gives; where it gives several tensors, they are alike.
   *
   * @param config the layer's
   * @param inputs the tensors that it reads, in their order
   */
  static Spec of(String className, JsonNode config, List<Spec> inputs) {
    if (className.equals(FunctionalLayer.INPUT)) {
      return new Spec(
          ImmutableList.of(config.path("batch_shape").path(1).asInt()),
          config.path("dtype").asText());
    }
    Spec first = inputs.get(0);
    return switch (className) {
      case "Embedding" ->
          new Spec(
              ImmutableList.<Integer>builder()
                  .addAll(first.dims())
                  .add(config.path("output_dim").asInt())
                  .build(),
              FLOAT);
      case "Flatten" -> Spec.of(first.dims().stream().reduce(1, (a, b) -> a * b));
      case "MaskedMean" -> Spec.of(inputs.get(1).width());
      case "Concatenate" -> concatenated(config.path("axis").asInt(), inputs);
      case "EpNet", "WeightedSum" -> inputs.get(1);
      case "PpNet" -> Spec.of(last(config.path("hidden_units")));
      case "Dnn" -> first.withWidth(last(config.path("units")));
      case "Dense" -> first.withWidth(config.path("units").asInt());
      case "PredictLayer" -> first.withWidth(1);
      case "ApgLayer" -> Spec.of(config.path("output_dim").asInt());
      case "PositionEncodingLayer" -> first.withWidth(config.path("dims").asInt());
      case "AttentionMask" -> new Spec(ImmutableList.of(first.width(), first.width()), "bool");
      case "Reshape" ->
          Spec.of(
              config.path("target_shape").path(0).asInt(),
              config.path("target_shape").path(1).asInt());
      case "TaskEmbedding" -> Spec.of(config.path("output_dim").asInt());
      case "GlobalAveragePooling1D", "MetaAttention" -> Spec.of(first.width());
      case "Add", "Dropout", "MultiHeadAttention", "MetaTower" -> first;
      default -> throw new IllegalArgumentException("no shape for the class " + className);
    };
  }

  private static int last(JsonNode units) {
    return units.path(units.size() - 1).asInt();
  }

  /** Axis -1 is the last, axis 1 the one behind the batch. */
  private static Spec concatenated(int axis, List<Spec> inputs) {
    Spec first = inputs.get(0);
    if (axis == 1) {
      int rows = inputs.stream().mapToInt(input -> input.dims().get(0)).sum();
      return Spec.of(rows, first.width());
    }
    return first.withWidth(inputs.stream().mapToInt(Spec::width).sum());
  }
}
