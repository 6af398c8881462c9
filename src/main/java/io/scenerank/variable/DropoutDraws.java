package io.scenerank.variable;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * The dropout of a graph whose decisions are drawn outside of it and fed: the same decisions as
 * those of the graph's own ops, which on a CPU cost up to a quarter of a training step.
 *
 * <p>All are fed as one tensor [W, B], where W is the number of values that a row of the batch
 * meets in all dropout layers. Each call has some rows of it to itself, one after the other in
 * memory, so that taking them out copies nothing.
 */
public final class DropoutDraws {
  private final Operand<TBool> kept;
  private final List<Region> regions = new ArrayList<>();
  private int width;

  /**
   * Rows of the fed tensor.
   *
   * @param begin the first
   * @param width values of each draw for a row of the batch
   * @param draws side by side for each row of the batch
   */
  record Region(int begin, int width, ImmutableList<DropoutDraw> draws) {
    int rows() {
      return width * draws.size();
    }
  }

  /** Adds what is fed to a graph, on the device of {@code tf}. */
  public DropoutDraws(Ops tf) {
    this(tf.placeholder(TBool.class, Placeholder.shape(Shape.of(-1, -1))));
  }

  /**
   * Takes the decisions from elsewhere in the graph.
   *
   * @param kept what is {@link #kept()}; once the graph is complete, W has to be its {@link
   *     #width()}
   */
  public DropoutDraws(Operand<TBool> kept) {
    this.kept = kept;
  }

  /** Whether the graph drops anything; if not, nothing need be fed. */
  public boolean isEmpty() {
    return regions.isEmpty();
  }

  /** What is fed: the decisions of a step, [{@link #width}, B], as a sampler fills them in. */
  public Operand<TBool> kept() {
    return kept;
  }

  /** How many decisions a row of the batch takes. */
  public int width() {
    return width;
  }

  /** What draws for these calls. Calls that are added later are not in it. */
  public DropoutSampler sampler() {
    return new DropoutSampler(ImmutableList.copyOf(regions));
  }

  /** Whether it is known how many values of {@code x} belong to a row of the batch. */
  public static boolean canTake(Operand<TFloat32> x) {
    Shape shape = x.shape();
    return !shape.isUnknown()
        && shape.numDimensions() > 1
        && shape.get(0) == Shape.UNKNOWN_SIZE
        && !shape.tail().hasUnknownDimension();
  }

  /**
   * Adds draws.
   *
   * @param x [B, …]
   * @param draws of one rate, side by side on axis 1 of {@code x}
   * @return the factors, of x's shape
   */
  public Operand<TFloat32> add(Ops tf, Operand<TFloat32> x, List<DropoutDraw> draws) {
    int values = Math.toIntExact(x.shape().tail().size()); // of a row
    Region region = new Region(width, values / draws.size(), ImmutableList.copyOf(draws));
    regions.add(region);
    width = Math.addExact(width, values);
    Operand<TBool> rows =
        tf.slice(
            kept,
            tf.constant(new int[] {region.begin(), 0}),
            tf.constant(new int[] {region.rows(), -1})); // [values, B], in memory B times values
    return draws.get(0).factors(tf, tf.reshape(rows, tf.shape(x)));
  }
}
