package io.scenerank.variable;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.function.ToDoubleFunction;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;
import org.tensorflow.op.core.Bitcast;
import org.tensorflow.op.random.StatelessRandomGetKeyCounter;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * U(-limit, limit) with Keras' stateless random numbers.
 *
 * @param limit of a shape, a float
 */
record UniformInitializer(ToDoubleFunction<Shape> limit) implements Initializer {
  private static final int PHILOX = 1;

  /** Numbers that one count of the Philox generator gives. */
  private static final int NUMBERS_A_COUNT = 4;

  @Override
  public Operand<TFloat32> call(Ops tf, Shape shape, int seed) {
    return scaled(
        tf,
        shape,
        tf.random.statelessRandomUniform(
            tf.constant(shape.asArray()), StatelessSeed.words(tf, seed)));
  }

  @Override
  public Operand<TFloat32> rows(Ops tf, Shape shape, int seed, long first, long count) {
    checkArgument(first % NUMBERS_A_COUNT == 0, "the first row is %s, not a multiple of 4", first);
    StatelessRandomGetKeyCounter start =
        tf.random.statelessRandomGetKeyCounter(StatelessSeed.words(tf, seed));
    return scaled(
        tf,
        shape,
        tf.random.statelessRandomUniformV2(
            tf.constant(shape.tail().prepend(count).asArray()),
            start.key(),
            skip(tf, start.counter(), first * shape.tail().size() / NUMBERS_A_COUNT),
            tf.constant(PHILOX)));
  }

  /** A fresh counter, whose first word is 0, so that it begins {@code counts} later. */
  private static Operand<? extends TType> skip(
      Ops tf, Operand<? extends TType> counter, long counts) {
    Operand<TInt64> skipped =
        tf.bitwise.bitwiseOr(
            tf.bitcast(counter, TInt64.class), tf.constant(new long[] {counts, 0}));
    // Ops.bitcast wants a class for the type, and there is none for uint64.
    Scope scope = tf.scope();
    return scope
        .apply(scope.env().opBuilder(Bitcast.OP_NAME, scope.makeOpName(Bitcast.OP_NAME), scope))
        .addInput(skipped.asOutput())
        .setAttr("type", DataType.DT_UINT64)
        .build()
        .output(0);
  }

  private Operand<TFloat32> scaled(Ops tf, Shape shape, Operand<TFloat32> unit) {
    float bound = (float) limit.applyAsDouble(shape);
    return tf.math.add(tf.math.mul(unit, tf.constant(bound + bound)), tf.constant(-bound));
  }
}
