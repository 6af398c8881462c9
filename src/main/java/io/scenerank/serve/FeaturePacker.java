package io.scenerank.serve;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Puts features side by side, as a layout says, and checks that ids are inside their vocabularies
 * and dense values finite.
 */
final class FeaturePacker {
  private final PackedLayout layout;
  private final int[] limits;

  FeaturePacker(PackedLayout layout) {
    this.layout = layout;
    this.limits = layout.idLimits();
  }

  /** The names of the features. */
  ImmutableSet<String> names() {
    return layout.columns().stream()
        .map(FeatureColumn::name)
        .collect(ImmutableSet.toImmutableSet());
  }

  /**
   * Checks all values.
   *
   * @throws io.scenerank.config.InvalidInputException as {@link #ids} and {@link #dense}
   */
  void check(String where, Features features, int rows) {
    packIds(where, features, rows);
    packDense(where, features, rows);
  }

  /**
   * All ids [rows, F]; the caller closes the tensor.
   *
   * @param where what an error names in front
   * @throws io.scenerank.config.InvalidInputException if an id lies outside its vocabulary, naming
   *     the first by row and place
   */
  TInt32 ids(String where, Features features, int rows) {
    int[] packed = packIds(where, features, rows);
    return TInt32.tensorOf(
        Shape.of(rows, layout.idWidth()),
        tensor -> tensor.asRawTensor().data().asInts().write(packed));
  }

  private int[] packIds(String where, Features features, int rows) {
    int width = layout.idWidth();
    int[] packed = new int[rows * width];
    boolean inside = true;
    for (FeatureColumn column : layout.columns()) {
      if (column.isCategorical()) {
        int[] values = (int[]) requireNonNull(features.get(column.name()), column.name()).array();
        int limit = column.vocabSize();
        int length = column.width();
        int next = 0;
        for (int row = 0, at = layout.offset(column); row < rows; row++, at += width) {
          for (int i = 0; i < length; i++) {
            int id = values[next++];
            packed[at + i] = id;
            inside &= id >= 0 && id < limit;
          }
        }
      }
    }
    if (!inside) {
      requireInside(where, packed);
    }
    return packed;
  }

  private void requireInside(String where, int[] packed) {
    int width = layout.idWidth();
    for (int i = 0; i < packed.length; i++) {
      if (packed[i] < 0 || packed[i] >= limits[i % width]) {
        throw layout.outOfVocabulary(where, i / width, i % width, packed[i]);
      }
    }
  }

  /**
   * All dense values [rows, G]; the caller closes the tensor.
   *
   * @param where what an error names in front
   * @throws io.scenerank.config.InvalidInputException if a value is not finite, naming the first by
   *     row and place
   */
  TFloat32 dense(String where, Features features, int rows) {
    float[] packed = packDense(where, features, rows);
    return TFloat32.tensorOf(
        Shape.of(rows, layout.denseWidth()),
        tensor -> tensor.asRawTensor().data().asFloats().write(packed));
  }

  private float[] packDense(String where, Features features, int rows) {
    int width = layout.denseWidth();
    float[] packed = new float[rows * width];
    for (FeatureColumn column : layout.columns()) {
      if (!column.isCategorical()) {
        float[] values =
            (float[]) requireNonNull(features.get(column.name()), column.name()).array();
        int length = column.width();
        for (int row = 0, at = layout.offset(column); row < rows; row++, at += width) {
          System.arraycopy(values, row * length, packed, at, length);
        }
      }
    }
    requireFinite(where, packed);
    return packed;
  }

  private void requireFinite(String where, float[] packed) {
    int width = layout.denseWidth();
    for (int i = 0; i < packed.length; i++) {
      if (!layout.takesDense(i % width, packed[i])) {
        throw layout.notFinite(where, i / width, i % width, packed[i]);
      }
    }
  }
}
