package io.scenerank.layer.merging;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * Keras' {@code Add}, {@code Subtract}, {@code Multiply}, {@code Average}, {@code Maximum} and
 * {@code Minimum}: an operation on the values at one place of all inputs.
 *
 * <p>Inputs [B, …], of fewer axes too, which get axes of size 1 behind the batch. The output has a
 * mask in Keras 3 if all inputs have one, and a step counts where it counts in one of them; in
 * Keras 2 it has one if any input has, and a step counts where it counts in all. Keras 3's {@code
 * Multiply}, {@code Maximum} and {@code Minimum} leave out the values of a step that does not
 * count.
 */
final class ElementwiseMerge extends Merge {
  static final ImmutableList<LayerType> TYPES =
      ImmutableList.of(
          type("Add", (tf, x, y) -> tf.math.add(x, y), Kind.PLAIN),
          type("Subtract", (tf, x, y) -> tf.math.sub(x, y), Kind.TWO),
          type("Multiply", (tf, x, y) -> tf.math.mul(x, y), Kind.PRODUCT),
          type("Average", (tf, x, y) -> tf.math.add(x, y), Kind.MEAN),
          type("Maximum", (tf, x, y) -> tf.math.maximum(x, y), Kind.CHOICE),
          type("Minimum", (tf, x, y) -> tf.math.minimum(x, y), Kind.CHOICE));

  private final Operation operation;
  private final Kind kind;

  /** What becomes of two values. */
  private interface Operation {
    Operand<TNumber> call(Ops tf, Operand<TNumber> x, Operand<TNumber> y);
  }

  private enum Kind {
    PLAIN,
    TWO,
    MEAN,
    PRODUCT,
    CHOICE
  }

  private ElementwiseMerge(LayerConfig config, Operation operation, Kind kind) {
    super(config);
    this.operation = operation;
    this.kind = kind;
  }

  private static LayerType type(String kerasClass, Operation operation, Kind kind) {
    return LayerType.of(kerasClass, config -> new ElementwiseMerge(config, operation, kind));
  }

  @Override
  int least() {
    return kind == Kind.TWO ? 2 : 1;
  }

  @Override
  int most() {
    return kind == Kind.TWO ? 2 : Integer.MAX_VALUE;
  }

  @Override
  MaskedTensor merge(Ops tf, ImmutableList<MaskedTensor> inputs) {
    int rank = inputs.stream().mapToInt(MaskedTensor::rank).max().orElseThrow();
    ImmutableList<MaskedTensor> same =
        inputs.stream().map(x -> expanded(tf, x, rank)).collect(ImmutableList.toImmutableList());
    if (ofKeras2()) {
      return new MaskedTensor(plain(tf, same), all(tf, inputs));
    }
    Operand<TNumber> merged =
        switch (kind) {
          case PLAIN, TWO, MEAN -> plain(tf, same);
          case PRODUCT -> product(tf, same);
          case CHOICE -> choice(tf, same);
        };
    return new MaskedTensor(merged, any(tf, inputs));
  }

  /** Adds axes behind the batch; a tensor that gets one loses its mask. */
  private static MaskedTensor expanded(Ops tf, MaskedTensor x, int rank) {
    if (x.rank() == rank) {
      return x;
    }
    Operand<TNumber> value = x.numbers();
    for (int axes = x.rank(); axes < rank; axes++) {
      value = tf.expandDims(value, tf.constant(1));
    }
    return MaskedTensor.of(value);
  }

  private Operand<TNumber> plain(Ops tf, ImmutableList<MaskedTensor> inputs) {
    Operand<TNumber> result = inputs.get(0).numbers();
    for (MaskedTensor x : inputs.subList(1, inputs.size())) {
      result = operation.call(tf, result, x.numbers());
    }
    return kind == Kind.MEAN ? mean(tf, result, inputs.size()) : result;
  }

  private static Operand<TNumber> mean(Ops tf, Operand<TNumber> sum, int count) {
    MaskedTensor all = MaskedTensor.of(sum);
    MaskedTensor floats =
        all.isFloating() ? all : MaskedTensor.of(Casts.to(tf, sum, TFloat32.class));
    return MaskedTensor.of(tf.math.div(floats.floats(), Casts.number(tf, floats.floats(), count)))
        .numbers();
  }

  /** A value that does not count is 1 as a factor, and 0 where none counts. */
  private Operand<TNumber> product(Ops tf, ImmutableList<MaskedTensor> inputs) {
    Optional<Operand<TNumber>> result = Optional.empty();
    for (MaskedTensor x : inputs) {
      Operand<TNumber> factor =
          x.mask().isPresent()
              ? tf.select(values(tf, x.mask().get()), x.numbers(), number(tf, x, 1))
              : x.numbers();
      result = Optional.of(result.isPresent() ? operation.call(tf, result.get(), factor) : factor);
    }
    Operand<TNumber> product = result.orElseThrow();
    return any(tf, inputs)
        .<Operand<TNumber>>map(
            mask -> tf.select(values(tf, mask), product, number(tf, inputs.get(0), 0)))
        .orElse(product);
  }

  /** A value that does not count gives way to the other one. */
  private Operand<TNumber> choice(Ops tf, ImmutableList<MaskedTensor> inputs) {
    Operand<TNumber> result = inputs.get(0).numbers();
    Optional<Operand<TBool>> shown = inputs.get(0).mask();
    for (MaskedTensor x : inputs.subList(1, inputs.size())) {
      Operand<TNumber> value = x.numbers();
      if (x.mask().isPresent()) {
        value = tf.select(values(tf, x.mask().get()), value, result);
      }
      if (shown.isPresent()) {
        result = tf.select(values(tf, shown.get()), result, value);
      }
      Optional<Operand<TBool>> before = shown;
      shown = x.mask().flatMap(mask -> before.map(other -> tf.math.logicalOr(other, mask)));
      result = operation.call(tf, result, value);
    }
    return result;
  }

  /** A mask of steps as one of their values: [B, L] → [B, L, 1]. */
  private static Operand<TBool> values(Ops tf, Operand<TBool> mask) {
    return tf.expandDims(mask, tf.constant(-1));
  }

  private static Operand<TNumber> number(Ops tf, MaskedTensor like, int value) {
    return Casts.to(tf, tf.constant(value), like.numbers().type());
  }
}
