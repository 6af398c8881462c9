package io.scenerank.layer.rnn;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TFloating;

/** Runs a cell step by step: TensorFlow's loops have no gradient here. */
final class Unrolled {
  private Unrolled() {}

  /** A cell at one step. */
  @FunctionalInterface
  interface Step {
    /**
     * The states behind a step; the first is the output.
     *
     * @param number of the step, from 0
     * @param states before it
     */
    List<Operand<TFloating>> next(int number, List<Operand<TFloating>> states);
  }

  /** Runs all steps. */
  static Sequence.Result run(Ops tf, Sequence sequence, Step step) {
    Optional<List<Operand<TBool>>> masks =
        sequence
            .mask()
            .map(mask -> sequence.unstacked(tf, tf.expandDims(mask, tf.constant(2)))); // [B, 1]
    List<Operand<TFloating>> states = sequence.states();
    List<Operand<TFloating>> outputs = new ArrayList<>();
    for (int i = 0; i < sequence.steps(); i++) {
      List<Operand<TFloating>> next = step.next(i, states);
      states = masks.isPresent() ? chosen(tf, masks.get().get(i), next, states) : next;
      outputs.add(states.get(0));
    }
    return new Sequence.Result(new Listed(outputs), ImmutableList.copyOf(states));
  }

  private static List<Operand<TFloating>> chosen(
      Ops tf,
      Operand<TBool> counts,
      List<Operand<TFloating>> next,
      List<Operand<TFloating>> before) {
    List<Operand<TFloating>> states = new ArrayList<>();
    for (int i = 0; i < next.size(); i++) {
      states.add(tf.select(counts, next.get(i), before.get(i)));
    }
    return states;
  }

  private record Listed(List<Operand<TFloating>> steps) implements Sequence.Outputs {
    @Override
    public Operand<TFloating> all(Ops tf) {
      return tf.stack(steps, Stack.axis(1L));
    }

    @Override
    public Operand<TFloating> last(Ops tf) {
      return steps.get(steps.size() - 1);
    }
  }
}
