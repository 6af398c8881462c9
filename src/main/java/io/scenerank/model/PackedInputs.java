package io.scenerank.model;

import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A batch as one matrix of ids and one of dense values.
 *
 * @param ids [B, F], absent where no column carries ids
 * @param dense [B, G], absent where no column is dense
 */
public record PackedInputs(Optional<Operand<TInt32>> ids, Optional<Operand<TFloat32>> dense) {

  /**
   * Some columns of the ids. Copies runs of neighbours, which takes a tenth of the time of a gather
   * along this axis.
   *
   * @param positions numbers of the columns
   * @param width F
   * @return [B, number of positions]
   */
  Operand<TInt32> ids(Ops tf, List<Integer> positions, int width) {
    Operand<TInt32> all = ids.orElseThrow();
    boolean whole = positions.size() == width;
    for (int i = 0; whole && i < width; i++) {
      whole = positions.get(i) == i;
    }
    if (whole) {
      return all;
    }
    List<Operand<TInt32>> runs = new ArrayList<>();
    int begin = 0;
    for (int i = 1; i <= positions.size(); i++) {
      if (i == positions.size() || positions.get(i) != positions.get(i - 1) + 1) {
        runs.add(
            tf.slice(
                all,
                tf.constant(new int[] {0, positions.get(begin)}),
                tf.constant(new int[] {-1, i - begin})));
        begin = i;
      }
    }
    return Shapes.concat(tf, runs, 1);
  }

  /** A dense column, [B, dimension]. */
  Operand<TFloat32> dense(Ops tf, PackedLayout layout, FeatureColumn column) {
    Operand<TFloat32> all = dense.orElseThrow();
    return column.width() == layout.denseWidth()
        ? all
        : tf.slice(
            all,
            tf.constant(new int[] {0, layout.offset(column)}),
            tf.constant(new int[] {-1, column.width()}));
  }

  /**
   * Feeds a batch; the tensors stay the caller's to close.
   *
   * @param idValues [b, F]
   * @param denseValues [b, G], present where there are dense inputs
   * @return the runner
   */
  public Session.Runner feed(
      Session.Runner runner, TInt32 idValues, Optional<TFloat32> denseValues) {
    ids.ifPresent(input -> runner.feed(input, idValues));
    dense.ifPresent(input -> runner.feed(input, denseValues.orElseThrow()));
    return runner;
  }
}
