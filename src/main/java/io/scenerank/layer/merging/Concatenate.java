package io.scenerank.layer.merging;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;

/**
 * Keras' {@code Concatenate}: the inputs one after the other along an axis.
 *
 * <p>If any input has a mask, the others count as a whole. A step of the output counts where it
 * counts in one of the inputs that it is made of; in Keras 2, in all of them.
 */
final class Concatenate extends Merge {
  static final LayerType TYPE = LayerType.of("Concatenate", Concatenate::new).argument("axis", -1);

  private final int axis;

  private Concatenate(LayerConfig config) {
    super(config);
    this.axis = config.integer("axis");
  }

  @Override
  public Repeats repeats() {
    return Repeats.OF_THE_CLASS;
  }

  @Override
  MaskedTensor merge(Ops tf, ImmutableList<MaskedTensor> inputs) {
    int rank = inputs.get(0).rank();
    if (inputs.stream().anyMatch(x -> x.rank() != rank)) {
      throw new IllegalArgumentException(
          "called on the shapes "
              + inputs.stream().map(MaskedTensor::shape).toList()
              + ", expected as many axes in each");
    }
    int place = Sizes.axis(axis, rank);
    return new MaskedTensor(
        tf.concat(inputs.stream().map(MaskedTensor::any).toList(), tf.constant(place)),
        mask(tf, inputs, place));
  }

  private Optional<Operand<TBool>> mask(Ops tf, ImmutableList<MaskedTensor> inputs, int place) {
    if (inputs.stream().allMatch(x -> x.mask().isEmpty())) {
      return Optional.empty();
    }
    List<Operand<TBool>> masks = inputs.stream().map(x -> mask(tf, x)).toList();
    Operand<TBool> all = tf.concat(masks, tf.constant(place)); // of the output's shape
    Operand<TInt32> last = tf.constant(inputs.get(0).rank() - 1);
    return Optional.of(ofKeras2() ? tf.reduceAll(all, last) : tf.reduceAny(all, last));
  }

  /** The mask of each value. */
  private Operand<TBool> mask(Ops tf, MaskedTensor x) {
    if (x.mask().isEmpty()) {
      return tf.fill(tf.shape(x.value()), tf.constant(true));
    }
    Operand<TBool> steps = x.mask().get();
    if (steps.shape().numDimensions() >= x.rank()) {
      return steps;
    }
    Operand<TBool> values = tf.expandDims(steps, tf.constant(-1)); // [B, L, 1]
    return ofKeras2() ? values : tf.broadcastTo(values, tf.shape(x.value()));
  }
}
