package io.scenerank.layer.rnn;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Sizes;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * What a cell reads.
 *
 * @param x the steps in the order in which they are read, [B, T, D]
 * @param states before the first step, each [B, size]
 * @param mask false where a step changes no state, [B, T]
 */
record Sequence(
    Operand<TFloating> x, ImmutableList<Operand<TFloating>> states, Optional<Operand<TBool>> mask) {

  /**
   * The number of steps.
   *
   * @throws IllegalArgumentException if the graph does not know it
   */
  int steps() {
    if (!Sizes.isKnown(x, 1)) {
      throw new IllegalArgumentException(
          "the input "
              + x.shape()
              + " has an unknown number of steps, expected a number in Input(shape), that of the"
              + " longest rows: each step is built, since a loop would have no gradient here");
    }
    return Math.toIntExact(x.shape().get(1));
  }

  /** The steps of a tensor [B, T, …], each [B, …]. */
  <T extends TType> ImmutableList<Operand<T>> unstacked(Ops tf, Operand<T> values) {
    return ImmutableList.copyOf(tf.unstack(values, (long) steps(), Unstack.axis(1L)));
  }

  /** What a cell makes of a sequence, in the order of its steps. */
  interface Outputs {
    /** All of them, [B, T, size]. */
    Operand<TFloating> all(Ops tf);

    /** The last one, [B, size]. */
    Operand<TFloating> last(Ops tf);
  }

  /**
   * Outputs and last states.
   *
   * @param outputs at a masked step, that of the step before
   * @param states behind the last step
   */
  record Result(Outputs outputs, ImmutableList<Operand<TFloating>> states) {}
}
