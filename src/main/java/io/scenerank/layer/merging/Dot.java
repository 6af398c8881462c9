package io.scenerank.layer.merging;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Norms;
import io.scenerank.layer.base.Sizes;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
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
        tf.linalg.einsum(
            List.of(factor(tf, x, axisOfX), factor(tf, y, axisOfY)),
            equation(x.rank(), axisOfX, y.rank(), axisOfY));
    return MaskedTensor.of(
        x.rank() == 2 && y.rank() == 2 ? tf.expandDims(product, tf.constant(-1)) : product);
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
