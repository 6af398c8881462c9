package io.scenerank.layer.merging;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/** A layer that is called on a list of tensors and makes one of them. */
abstract class Merge extends Layer {

  Merge(LayerConfig config) {
    super(config);
  }

  @Override
  public final Masking masking() {
    return Masking.OWN;
  }

  /** Whether Keras 2 made the layer. */
  final boolean ofKeras2() {
    return config().generation() == 2;
  }

  /**
   * Makes one tensor.
   *
   * @param inputs of one type
   */
  abstract MaskedTensor merge(Ops tf, ImmutableList<MaskedTensor> inputs);

  /** Number of inputs that the layer takes, at most. */
  int most() {
    return Integer.MAX_VALUE;
  }

  /** Number of inputs that the layer takes, at least. */
  int least() {
    return 1;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return (context, arguments) -> {
      Ops tf = context.tf();
      ImmutableList<MaskedTensor> given = arguments.get("inputs", 0).leaves();
      if (given.size() < least() || given.size() > most()) {
        throw new IllegalArgumentException(
            "called on "
                + given.size()
                + " tensors, expected "
                + (least() == most() ? "" : "at least ")
                + least());
      }
      Class<? extends TType> type = commonType(given, scope.policy().compute());
      return Structure.leaf(
          merge(
              tf,
              given.stream()
                  .map(x -> new MaskedTensor(cast(tf, x, type), x.mask()))
                  .collect(ImmutableList.toImmutableList())));
    };
  }

  private static <T extends TType> Operand<T> cast(Ops tf, MaskedTensor x, Class<T> type) {
    return Casts.to(tf, x.value(), type);
  }

  /** The type that all have or that numbers of different types become. */
  private static Class<? extends TType> commonType(
      ImmutableList<MaskedTensor> inputs, Class<? extends TType> compute) {
    Class<? extends TType> first = inputs.get(0).value().type();
    if (inputs.stream().allMatch(x -> x.value().type() == first)) {
      return first;
    }
    inputs.forEach(MaskedTensor::numbers);
    return inputs.stream().anyMatch(MaskedTensor::isFloating) ? compute : TInt64.class;
  }

  /** The masks of all inputs together; absent where none has one. */
  static Optional<Operand<TBool>> all(Ops tf, ImmutableList<MaskedTensor> inputs) {
    return inputs.stream()
        .flatMap(x -> x.mask().stream())
        .reduce((left, right) -> tf.math.logicalAnd(left, right));
  }

  /** What any mask shows; absent where an input has none. */
  static Optional<Operand<TBool>> any(Ops tf, ImmutableList<MaskedTensor> inputs) {
    return inputs.stream().allMatch(x -> x.mask().isPresent())
        ? inputs.stream()
            .flatMap(x -> x.mask().stream())
            .reduce((left, right) -> tf.math.logicalOr(left, right))
        : Optional.empty();
  }
}
