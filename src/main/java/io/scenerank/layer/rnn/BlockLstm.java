package io.scenerank.layer.rnn;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.Sizes;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.BlockLSTM;
import org.tensorflow.op.nn.BlockLSTMGrad;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TNumber;

/**
 * An LSTM over a whole sequence as one op, {@code BlockLSTMV2}. TensorFlow has no gradient of it
 * outside of Python, so that this class registers one.
 */
final class BlockLstm {
  private BlockLstm() {}

  /** Registers the gradient when it is first requested. */
  private static final class Registered {
    static final boolean DONE = register();

    private static boolean register() {
      try {
        return TensorFlow.registerCustomGradient(BlockLSTM.Inputs.class, BlockLstm::gradient);
      } catch (RuntimeException | LinkageError e) {
        // Windows refuses; the steps are then built one by one, as they are with a mask.
        return false;
      }
    }
  }

  /** Whether the op computes this sequence. */
  static boolean canTake(Sequence sequence) {
    return sequence.mask().isEmpty()
        && sequence.x().type() == (Class<?>) TFloat32.class
        && Registered.DONE;
  }

  /** Runs all steps. */
  static Sequence.Result run(
      CallContext context,
      Sequence sequence,
      Variable kernel,
      Variable recurrentKernel,
      Optional<Variable> bias) {
    Ops tf = context.tf();
    Operand<TFloating> x =
        tf.linalg.transpose(sequence.x(), tf.constant(new int[] {1, 0, 2})); // [T, B, D]
    int units = Math.toIntExact(recurrentKernel.shape().get(0));
    Operand<TFloating> none = zeros(tf, x, units);
    Operand<TFloating> weights =
        tf.concat(List.of(kernel.read(tf), recurrentKernel.read(tf)), tf.constant(0));
    Operand<TInt64> steps = tf.dtypes.cast(Sizes.of(tf, x, 0), TInt64.class);
    BlockLSTM<TFloat32> block =
        tf.nn.blockLSTM(
            steps,
            floats(x),
            floats(sequence.states().get(1)),
            floats(sequence.states().get(0)),
            floats(weights),
            floats(none),
            floats(none),
            floats(none),
            floats(bias.isPresent() ? bias.get().read(tf) : zeros(tf, x, 4 * units)));
    Operand<TFloating> h = Casts.toFloating(tf, block.h(), TFloat32.class); // [T, B, units]
    Operand<TFloating> c = Casts.toFloating(tf, block.cs(), TFloat32.class);
    return new Sequence.Result(new Stacked(h), ImmutableList.of(last(tf, h), last(tf, c)));
  }

  private static Operand<TFloating> zeros(Ops tf, Operand<TFloating> like, int size) {
    return tf.fill(tf.constant(new int[] {size}), Casts.number(tf, like, 0));
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> floats(Operand<TFloating> x) {
    return (Operand<TFloat32>) (Operand<?>) x;
  }

  /** The last of [T, B, units]. */
  private static Operand<TFloating> last(Ops tf, Operand<TFloating> all) {
    return tf.gather(
        all, tf.math.sub(Sizes.of(tf, all, 0), tf.constant(1)), tf.constant(0)); // [B, units]
  }

  /** Outputs [T, B, units]. */
  private record Stacked(Operand<TFloating> h) implements Sequence.Outputs {
    @Override
    public Operand<TFloating> all(Ops tf) {
      return tf.linalg.transpose(h, tf.constant(new int[] {1, 0, 2}));
    }

    @Override
    public Operand<TFloating> last(Ops tf) {
      return BlockLstm.last(tf, h);
    }
  }

  /** Gradients of the op's nine inputs by those of its outputs cs and h. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static List<Operand<?>> gradient(Ops tf, BlockLSTM.Inputs op, List<Output<?>> above) {
    BlockLSTM<TNumber> block = (BlockLSTM<TNumber>) op.getOutputs();
    BlockLSTM.Inputs<TNumber> in = op;
    BlockLSTMGrad<TNumber> back =
        tf.nn.blockLSTMGrad(
            in.seqLenMax,
            in.x,
            in.csPrev,
            in.hPrev,
            in.w,
            in.wci,
            in.wcf,
            in.wco,
            in.b,
            block.i(),
            block.cs(),
            block.f(),
            block.o(),
            block.ci(),
            block.co(),
            block.h(),
            (Output<TNumber>) above.get(1),
            (Output<TNumber>) above.get(6),
            false);
    return List.of(
        tf.constant(0L),
        back.xGrad(),
        back.csPrevGrad(),
        back.hPrevGrad(),
        back.wGrad(),
        back.wciGrad(),
        back.wcfGrad(),
        back.wcoGrad(),
        back.bGrad());
  }
}
