package io.scenerank.layer.ops;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TType;

/**
 * An operation of {@code keras.ops} in a model's graph. It has no variables, converts nothing to a
 * type of its own, and its results have no mask unless it hands its argument on as it is.
 */
final class Operation extends Layer {
  private final Body body;

  /** What an operation does. */
  @FunctionalInterface
  interface Body {
    Structure<MaskedTensor> call(OpCall call);
  }

  /** What an operation with one result does. */
  @FunctionalInterface
  interface Single {
    Operand<? extends TType> call(OpCall call);
  }

  Operation(LayerConfig config, Body body) {
    super(config);
    this.body = body;
  }

  /** An operation under Keras' name, with the body and no options yet. */
  static LayerType type(String name, Body body) {
    return LayerType.operation(name, config -> new Operation(config, body));
  }

  /** An operation with one result. */
  static LayerType single(String name, Single body) {
    return type(name, of(body));
  }

  /** The body of an operation with one result. */
  static Body of(Single body) {
    return call -> Structure.leaf(MaskedTensor.of(body.call(call)));
  }

  /** Several results. */
  static Structure<MaskedTensor> list(List<? extends Operand<? extends TType>> results) {
    return Structure.items(results.stream().map(MaskedTensor::of).toList());
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
    return (context, arguments) -> body.call(new OpCall(context.tf(), config(), arguments));
  }
}
