package io.scenerank.layer.ops;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.Map;

/**
 * Keras 2's {@code TFOpLambda} and {@code SlicingOpLambda}: a function of TensorFlow as a layer,
 * which functional models record for Python's operators and calls like {@code tf.concat}. It
 * becomes the operation of {@code keras.ops} that computes the same. Its results have no mask.
 */
final class TensorFlowFunction extends Layer {
  static final LayerType TYPE =
      LayerType.of("TFOpLambda", TensorFlowFunction::new)
          .argument("function")
          .alias("SlicingOpLambda");

  private static final ImmutableMap<String, LayerType> OPERATIONS =
      ImmutableList.<LayerType>builder()
          .addAll(OperationTypes.types())
          .addAll(TensorFlowOps.types())
          .build()
          .stream()
          .collect(ImmutableMap.toImmutableMap(LayerType::kerasClass, type -> type));

  private final TensorFlowNames.Translation translation;

  private TensorFlowFunction(LayerConfig config) {
    super(config);
    this.translation =
        TensorFlowNames.find(config.text("function"))
            .orElseThrow(
                () -> config.wrong("function", "a function of TensorFlow that is computed here"));
  }

  @Override
  public Masking masking() {
    return Masking.OWN;
  }

  @Override
  public boolean autocasts() {
    return false;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return (context, arguments) -> {
      LayerType type =
          requireNonNull(OPERATIONS.get(translation.operation()), translation.operation());
      ObjectNode options = JsonNodeFactory.instance.objectNode();
      translation.options().forEach(options::putPOJO);
      Arguments<MaskedTensor> operands = operands(type, arguments, options);
      return type.create(name(), options).build(scope, operands).call(context, operands);
    };
  }

  /** Arguments that are options in {@code keras.ops} go there; the others have its names. */
  private Arguments<MaskedTensor> operands(
      LayerType type, Arguments<MaskedTensor> arguments, ObjectNode options) {
    ImmutableMap.Builder<String, Structure<MaskedTensor>> named = ImmutableMap.builder();
    for (Map.Entry<String, Structure<MaskedTensor>> entry : arguments.named().entrySet()) {
      String name = translation.names().getOrDefault(entry.getKey(), entry.getKey());
      if (translation.refuses(name, entry.getValue())) {
        throw new IllegalArgumentException(
            "the argument '"
                + entry.getKey()
                + "' of "
                + config().text("function")
                + " is not computed");
      }
      boolean constant = entry.getValue() instanceof Structure.Constant<MaskedTensor>;
      boolean nothing = constant && constantOf(entry.getValue()).value().isNull();
      if (nothing || name.equals("name")) {
        continue;
      }
      if (constant && type.argumentNames().contains(name)) {
        options.set(name, constantOf(entry.getValue()).value());
      } else {
        named.put(name, entry.getValue());
      }
    }
    return new Arguments<>(arguments.positional(), named.buildOrThrow());
  }

  private static Structure.Constant<MaskedTensor> constantOf(Structure<MaskedTensor> value) {
    return (Structure.Constant<MaskedTensor>) value;
  }
}
