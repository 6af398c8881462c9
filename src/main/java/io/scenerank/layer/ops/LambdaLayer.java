package io.scenerank.layer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.Base64;
import java.util.Optional;

/**
 * Keras 2's {@code Lambda} whose function only calls TensorFlow's functions, as {@code lambda x:
 * tf.squeeze(x, axis=1)}. The file has the compiled code of the function, which is read and not
 * run. Its result has no mask.
 */
final class LambdaLayer extends Layer {
  static final LayerType TYPE =
      LayerType.of("Lambda", LambdaLayer::new)
          .argument("function")
          .argument("function_type", "lambda")
          .argument("module", null)
          .argument("output_shape", null)
          .argument("output_shape_type", null)
          .argument("output_shape_module", null)
          .argument("arguments", JsonNodeFactory.instance.objectNode())
          .only("mask", null);

  private final PythonExpression result;

  private LambdaLayer(LayerConfig config) {
    super(config);
    this.result =
        code(config)
            .flatMap(MarshalReader::read)
            .flatMap(PythonFunction::returned)
            .orElseThrow(
                () ->
                    config.wrong(
                        "function",
                        "the code of a lambda of Python 3.8 to 3.12 that only calls TensorFlow's"
                            + " functions, as tf.squeeze(x, axis=1); of a model of this library,"
                            + " give model, model_params and feature_columns in its place"
                            + " (--config)"));
  }

  /** Code, defaults of arguments and the values of other scopes: the last two have to be none. */
  private static Optional<byte[]> code(LayerConfig config) {
    JsonNode function = config.get("function");
    JsonNode parts = function.has("items") ? function.path("items") : function;
    boolean alone =
        config.generation() == 2
            && config.get("function_type").asText().equals("lambda")
            && config.get("arguments").isEmpty()
            && parts.path(0).isTextual()
            && parts.path(1).isNull()
            && parts.path(2).isNull();
    try {
      return alone
          ? Optional.of(Base64.getMimeDecoder().decode(parts.path(0).textValue()))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public Masking masking() {
    return Masking.OWN;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return (context, arguments) -> {
      Structure<MaskedTensor> input =
          arguments.get("inputs", 0).map(x -> MaskedTensor.of(x.value()));
      return value(result, input, call -> call(scope, context, call));
    };
  }

  /** A call of a function whose arguments are known. */
  private record Known(String function, Arguments<MaskedTensor> arguments) {}

  /** Adds a call of a function to the graph. */
  @FunctionalInterface
  private interface Functions {
    Structure<MaskedTensor> call(Known call);
  }

  private Structure<MaskedTensor> call(BuildScope scope, CallContext context, Known call) {
    ObjectNode config = JsonNodeFactory.instance.objectNode().put("function", call.function());
    return TensorFlowFunction.TYPE
        .create(name(), config)
        .build(scope, call.arguments())
        .call(context, call.arguments());
  }

  private static Structure<MaskedTensor> value(
      PythonExpression expression, Structure<MaskedTensor> input, Functions functions) {
    if (expression instanceof PythonExpression.Constant constant) {
      return new Structure.Constant<>(constant.value());
    }
    if (expression instanceof PythonExpression.Item item) {
      return item(input, item.index());
    }
    if (expression instanceof PythonExpression.Call call) {
      ImmutableMap.Builder<String, Structure<MaskedTensor>> named = ImmutableMap.builder();
      call.named().forEach((name, given) -> named.put(name, value(given, input, functions)));
      ImmutableList<Structure<MaskedTensor>> positional =
          call.positional().stream()
              .map(given -> value(given, input, functions))
              .collect(ImmutableList.toImmutableList());
      return functions.call(
          new Known(call.function(), new Arguments<>(positional, named.buildOrThrow())));
    }
    return input;
  }

  private static Structure<MaskedTensor> item(Structure<MaskedTensor> input, int index) {
    if (input instanceof Structure.Items<MaskedTensor> list && index < list.items().size()) {
      return list.items().get(index);
    }
    throw new IllegalArgumentException(
        "its function takes item "
            + index
            + " of its argument, expected a list of more than "
            + index
            + " tensors");
  }
}
