package io.scenerank.variable;

import com.google.common.collect.ImmutableList;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.types.TBool;

/**
 * Draws the decisions of {@link DropoutDraws}. Keeps its work arrays between calls: one thread at a
 * time.
 */
public final class DropoutSampler {
  private final ImmutableList<DropoutDraws.Region> regions;
  private final Philox philox = new Philox();
  private byte[] drawn = {};
  private byte[] sideBySide = {};

  DropoutSampler(ImmutableList<DropoutDraws.Region> regions) {
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
    DropoutDraw draw = region.draws().get(call);
    long first = (long) firstRow * region.width();
    philox.decide(draw.word(), draw.counter(step), draw.rate(), first, drawn, count);
  }

  private static byte[] atLeast(byte[] array, int size) {
    return array.length < size ? new byte[size] : array;
  }
}
