package io.scenerank.layer.reshaping;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Keras' {@code Reshape}: rows of another shape. [B, …] → [B, target_shape]. */
final class Reshape extends Layer {
  static final LayerType TYPE = LayerType.of("Reshape", Reshape::new).argument("target_shape");

  private final ImmutableList<Integer> target;

  private Reshape(LayerConfig config) {
    super(config);
    this.target = config.integers("target_shape");
    if (target.stream().filter(size -> size == -1).count() > 1
        || target.stream().anyMatch(size -> size < -1)) {
      throw config.wrong("target_shape", "sizes, of which one at most is -1");
    }
  }

  @Override
  public Repeats repeats() {
    return Repeats.OF_THE_CLASS;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    return anyUnary((context, x) -> reshape(context.tf(), x, target));
  }

  /**
   * Gives rows another shape.
   *
   * @param target sizes without the batch; -1 at most once, for the size that is left
   */
  static Operand<TType> reshape(Ops tf, Operand<TType> x, ImmutableList<Integer> target) {
    Shape row = x.shape().tail();
    ImmutableList<Integer> sizes = target;
    if (!row.hasUnknownDimension()) {
      sizes = resolved(row, target);
    }
    List<Operand<TInt32>> all = new ArrayList<>();
    // Of two sizes that are left one has to be read; the batch is the one.
    all.add(sizes.contains(-1) ? Sizes.of(tf, x, 0) : tf.constant(-1));
    sizes.forEach(size -> all.add(tf.constant(size)));
    return Sizes.reshape(tf, x, all);
  }

  private static ImmutableList<Integer> resolved(Shape row, ImmutableList<Integer> target) {
    long values = row.numDimensions() == 0 ? 1 : row.size();
    long known =
        target.stream()
            .filter(size -> size != -1)
            .mapToLong(size -> size)
            .reduce(1, Math::multiplyExact);
    boolean open = target.contains(-1);
    if (open ? known == 0 || values % known != 0 : values != known) {
      throw new IllegalArgumentException(
          "a row of the input has the shape " + row + ", which does not fit " + target);
    }
    return target.stream()
        .map(size -> size == -1 ? Math.toIntExact(values / known) : size)
        .collect(ImmutableList.toImmutableList());
  }
}
