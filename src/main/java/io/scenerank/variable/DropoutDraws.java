package io.scenerank.variable;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.LayerScope.Training;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

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
  record Region(int begin, int width, ImmutableList<Draw> draws) {
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
  public Sampler sampler() {
    return new Sampler(ImmutableList.copyOf(regions));
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
  public Operand<TFloat32> add(Ops tf, Operand<TFloat32> x, List<Draw> draws) {
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

  /**
   * Draws the decisions of {@link DropoutDraws}. Keeps its work arrays between calls: one thread at
   * a time.
   */
  public static final class Sampler {
    private final ImmutableList<DropoutDraws.Region> regions;
    private final Philox philox = new Philox();
    private byte[] drawn = {};
    private byte[] sideBySide = {};

    Sampler(ImmutableList<DropoutDraws.Region> regions) {
      this.regions = regions;
    }

    /**
     * Draws all decisions of a step.
     *
     * @param step number of steps before it
     * @param kept where they go, [W, B]
     */
    public void draw(int step, TBool kept) {
      draw(step, 0, kept);
    }

    /**
     * Draws the decisions for some rows of a step's batch: those that a draw for all of its rows
     * gives them.
     *
     * @param step number of steps before it
     * @param firstRow rows of the batch before these
     * @param kept where they go, [W, b]
     */
    public void draw(int step, int firstRow, TBool kept) {
      int batch = Math.toIntExact(kept.shape().get(1));
      ByteDataBuffer bytes = kept.asRawTensor().data();
      for (DropoutDraws.Region region : regions) {
        int size = Math.multiplyExact(region.rows(), batch);
        bytes
            .offset((long) region.begin() * batch)
            .write(
                region.draws().size() == 1
                    ? one(region, step, firstRow, size)
                    : several(region, step, firstRow, size),
                0,
                size);
      }
    }

    private byte[] one(DropoutDraws.Region region, int step, int firstRow, int size) {
      drawn = atLeast(drawn, size);
      draw(region, 0, step, firstRow, size);
      return drawn;
    }

    private byte[] several(DropoutDraws.Region region, int step, int firstRow, int size) {
      sideBySide = atLeast(sideBySide, size);
      int calls = region.draws().size();
      int width = region.width();
      int sizeOfCall = size / calls;
      drawn = atLeast(drawn, sizeOfCall);
      for (int call = 0; call < calls; call++) {
        draw(region, call, step, firstRow, sizeOfCall);
        for (int row = 0; row * width < sizeOfCall; row++) {
          System.arraycopy(drawn, row * width, sideBySide, (row * calls + call) * width, width);
        }
      }
      return sideBySide;
    }

    /** Draws for a call; the values of its rows follow one another in its stream. */
    private void draw(DropoutDraws.Region region, int call, int step, int firstRow, int count) {
      Draw draw = region.draws().get(call);
      long first = (long) firstRow * region.width();
      philox.decide(draw.word(), draw.counter(step), draw.rate(), first, drawn, count);
    }

    private static byte[] atLeast(byte[] array, int size) {
      return array.length < size ? new byte[size] : array;
    }
  }

  /**
   * What one call of a dropout layer draws at each step: Keras 3's {@code stateless_dropout} with
   * the seeds [word, counter of the step].
   *
   * @param word first seed
   * @param first counter of the first step
   * @param callsPerStep by how much the counter grows from step to step
   * @param rate probability of a drop, in (0, 1)
   */
  public record Draw(int word, int first, int callsPerStep, float rate) {
    private static final int[] ONE = {1};

    /**
     * What a layer draws with its seed.
     *
     * @param call number of the layer's call in a step, from 0
     */
    public static Draw of(Training.DropoutSeed seed, int call, int callsPerStep, float rate) {
      return new Draw(StatelessSeed.word(seed.seed()), seed.counter() + call, callsPerStep, rate);
    }

    /** The second seed at a step; past 2^31 it wraps, as in the graph. */
    int counter(int step) {
      return step * callsPerStep + first;
    }

    /** What each value is multiplied by, 0 or 1 / (1 - rate), for decisions of its shape. */
    public Operand<TFloat32> factors(Ops tf, Operand<TBool> kept) {
      return tf.math.mul(tf.dtypes.cast(kept, TFloat32.class), tf.constant(1f / (1f - rate)));
    }

    /** The two words of the seed at a step. */
    public Operand<TInt32> seed(Ops tf, Operand<TInt32> step) {
      Operand<TInt32> draws = tf.math.mul(step, tf.constant(callsPerStep));
      Operand<TInt32> counter = tf.math.add(draws, tf.constant(first));
      return tf.concat(
          List.of(tf.constant(new int[] {word}), tf.reshape(counter, tf.constant(ONE))),
          tf.constant(0));
    }

    /** The plain form: an op that draws as many values as {@code shape} holds. */
    public Operand<TBool> kept(Ops tf, Operand<TInt32> step, Operand<TInt32> shape) {
      Operand<TFloat32> uniform = tf.random.statelessRandomUniform(shape, seed(tf, step));
      return tf.math.greaterEqual(uniform, tf.constant(rate));
    }
  }
}
