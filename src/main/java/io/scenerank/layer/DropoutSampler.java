package io.scenerank.layer;

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
    int batch = Math.toIntExact(kept.shape().get(1));
    ByteDataBuffer bytes = kept.asRawTensor().data();
    for (DropoutDraws.Region region : regions) {
      int size = Math.multiplyExact(region.rows(), batch);
      bytes
          .offset((long) region.begin() * batch)
          .write(
              region.draws().size() == 1
                  ? one(region, step, size)
                  : several(region, step, size, batch),
              0,
              size);
    }
  }

  private byte[] one(DropoutDraws.Region region, int step, int size) {
    drawn = atLeast(drawn, size);
    draw(region.draws().get(0), step, size);
    return drawn;
  }

  private byte[] several(DropoutDraws.Region region, int step, int size, int batch) {
    sideBySide = atLeast(sideBySide, size);
    int calls = region.draws().size();
    int width = region.width();
    drawn = atLeast(drawn, size / calls);
    for (int call = 0; call < calls; call++) {
      draw(region.draws().get(call), step, size / calls);
      for (int row = 0; row < batch; row++) {
        System.arraycopy(drawn, row * width, sideBySide, (row * calls + call) * width, width);
      }
    }
    return sideBySide;
  }

  private void draw(DropoutDraw draw, int step, int count) {
    philox.decide(draw.word(), draw.counter(step), draw.rate(), drawn, count);
  }

  private static byte[] atLeast(byte[] array, int size) {
    return array.length < size ? new byte[size] : array;
  }
}
