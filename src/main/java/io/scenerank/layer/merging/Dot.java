package io.scenerank.layer.merging;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.BatchProduct;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Norms;
import io.scenerank.layer.base.Sizes;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code Dot}: for each row of the batch the products of two tensors along one axis of each,
 * or their cosines.
 *
 * <p>Inputs [B, …, k, …] twice; output [B, the other axes of the first, those of the second], [B,
 * 1] where there are none. It has no mask.
 */
final class Dot extends Merge {
  static final LayerType TYPE =
      LayerType.of("Dot", Dot::new).argument("axes").argument("normalize", false);

  private static final String LABELS = "abcdefghijklmnopqrstuvwxyz";

  private final ImmutableList<Integer> axes;
  private final boolean normalize;

  private Dot(LayerConfig config) {
    super(config);
    ImmutableList<Integer> given = config.integers("axes");
    if (given.isEmpty() || given.size() > 2) {
      throw config.wrong("axes", "one or two integers");
    }
    this.axes = ImmutableList.of(given.get(0), given.get(given.size() - 1));
    this.normalize = config.flag("normalize");
  }

  @Override
  int least() {
    return 2;
  }

  @Override
  int most() {
    return 2;
  }

  @Override
  MaskedTensor merge(Ops tf, ImmutableList<MaskedTensor> inputs) {
    MaskedTensor x = inputs.get(0);
    MaskedTensor y = inputs.get(1);
    int axisOfX = axis(x, 0);
    int axisOfY = axis(y, 1);
    long sizeOfX = x.shape().get(axisOfX);
    long sizeOfY = y.shape().get(axisOfY);
    if (sizeOfX >= 0 && sizeOfY >= 0 && sizeOfX != sizeOfY) {
      throw new IllegalArgumentException(
          "the shapes %s and %s have the sizes %d and %d on the axes %s, expected the same"
              .formatted(x.shape(), y.shape(), sizeOfX, sizeOfY, axes));
    }
    Operand<TFloating> product =
        product(tf, factor(tf, x, axisOfX), axisOfX, factor(tf, y, axisOfY), axisOfY);
    return MaskedTensor.of(
        x.rank() == 2 && y.rank() == 2 ? tf.expandDims(product, tf.constant(-1)) : product);
  }

  private static Operand<TFloating> product(
      Ops tf, Operand<TFloating> x, int axisOfX, Operand<TFloating> y, int axisOfY) {
    int rankOfX = x.shape().numDimensions();
    int rankOfY = y.shape().numDimensions();
    // Where a number has few digits, the order of a sum shows.
    if (rankOfX > 3 || rankOfY > 3 || Casts.isHalf(x)) {
      return tf.linalg.einsum(List.of(x, y), equation(rankOfX, axisOfX, rankOfY, axisOfY));
    }
    if (rankOfX == 2 && rankOfY == 2) {
      return tf.reduceSum(tf.math.mul(x, y), tf.constant(1));
    }
    // As a product of matrices, which takes half the time of an Einsum that finds out it is one.
    Operand<TFloating> matrices =
        BatchProduct.call(
            tf,
            rankOfX == 2 ? tf.expandDims(x, tf.constant(1)) : x,
            rankOfX == 3 && axisOfX == 1,
            rankOfY == 2 ? tf.expandDims(y, tf.constant(2)) : y,
            rankOfY == 3 && axisOfY == 2);
    return rankOfX == 2
        ? squeezed(tf, matrices, 1)
        : rankOfY == 2 ? squeezed(tf, matrices, 2) : matrices;
  }

  private static Operand<TFloating> squeezed(Ops tf, Operand<TFloating> x, long axis) {
    return tf.squeeze(x, Squeeze.axis(List.of(axis)));
  }

  private int axis(MaskedTensor x, int number) {
    int axis = x.rank() < 2 ? 0 : Sizes.axis(axes.get(number), x.rank());
    if (axis == 0) {
      throw new IllegalArgumentException(
          "the input %s with axes %s, expected an axis behind the batch"
              .formatted(x.shape(), axes));
    }
    return axis;
  }

  private Operand<TFloating> factor(Ops tf, MaskedTensor x, int axis) {
    if (!normalize) {
      return x.floats();
    }
    return ofKeras2()
        ? Norms.unitOfKeras2(tf, x.floats(), new int[] {axis})
        : Norms.unit(tf, x.floats(), new int[] {axis}, Norms.EPSILON);
  }

  /** {@code abc,ade->abe} and the like: the letter of the product's axis is in both. */
  private static String equation(int rankOfX, int axisOfX, int rankOfY, int axisOfY) {
    String x = LABELS.substring(0, rankOfX);
    StringBuilder y = new StringBuilder(LABELS.substring(rankOfX, rankOfX + rankOfY));
    y.setCharAt(0, x.charAt(0));
    y.setCharAt(axisOfY, x.charAt(axisOfX));
    String shared = x.substring(axisOfX, axisOfX + 1);
    String out = x.replace(shared, "") + y.substring(1).replace(shared, "");
    return x + "," + y + "->" + out;
  }
}
