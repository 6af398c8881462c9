package io.scenerank.layer.base;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.variable.DropoutDraws;
import io.scenerank.variable.DropoutDraws.Draw;
import io.scenerank.variable.LayerScope.Training;
import io.scenerank.variable.Shapes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/** A dropout whose every value is decided on its own. */
public interface DropoutCall extends Layer.Call {
  /** What draws. */
  Noise noise();

  /** Probability of a drop. */
  double rate();

  /**
   * A call of a layer.
   *
   * @param number of the call among the layer's in one forward pass, from 0
   */
  record Numbered(DropoutCall layer, int number) {}

  /**
   * Several calls at once: their inputs are side by side on axis 1.
   *
   * @param x [B, calls · n, …]
   * @param calls of layers of one rate
   */
  static Operand<TFloating> sideBySide(
      CallContext context, Operand<TFloating> x, List<Numbered> calls) {
    Ops tf = context.tf();
    ImmutableList<Optional<Draw>> draws =
        calls.stream()
            .map(
                call ->
                    call.layer().rate() > 0
                        ? call.layer()
                            .noise()
                            .draw(
                                new CallContext(tf, context.training(), call.number()),
                                0,
                                call.layer().rate())
                        : Optional.<Draw>empty())
            .collect(ImmutableList.toImmutableList());
    if (draws.stream().allMatch(Optional::isEmpty)) {
      return x;
    }
    Training form = context.training().orElseThrow();
    Operand<TFloat32> like = Casts.to(tf, x, TFloat32.class);
    // Where one of them drops nothing, its values keep their scale too, which a decision cannot
    // say.
    Operand<TFloat32> factors =
        form.fed().isPresent()
                && DropoutDraws.canTake(like)
                && draws.stream().allMatch(Optional::isPresent)
            ? form.fed().get().add(tf, like, draws.stream().map(Optional::get).toList())
            : drawn(tf, x, draws, form.step());
    return tf.math.mul(x, Casts.toFloating(tf, factors, x.type()));
  }

  private static Operand<TFloat32> drawn(
      Ops tf, Operand<TFloating> x, List<Optional<Draw>> draws, Operand<TInt32> step) {
    int[] parts = new int[x.shape().numDimensions()];
    Arrays.fill(parts, 1);
    parts[1] = draws.size();
    Operand<TInt32> shape = tf.math.div(tf.shape(x), tf.constant(parts)); // of one call
    List<Operand<TFloat32>> sideBySide =
        draws.stream()
            .map(
                draw ->
                    draw.map(of -> of.factors(tf, of.kept(tf, step, shape)))
                        .orElseGet(() -> tf.fill(shape, tf.constant(1f))))
            .toList();
    return Shapes.concat(tf, sideBySide, 1);
  }
}
