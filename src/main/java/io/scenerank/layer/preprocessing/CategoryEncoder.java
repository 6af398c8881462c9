package io.scenerank.layer.preprocessing;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import io.scenerank.layer.base.Structure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.DenseBincount;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * Ids as vectors: the argument {@code output_mode} of Keras' preprocessing layers.
 *
 * @param mode int, one_hot, multi_hot or count
 * @param depth number of ids; others have no place in a vector
 */
record CategoryEncoder(Mode mode, int depth) {
  private static final String KEY = "output_mode";

  /** What becomes of ids. */
  enum Mode {
    INT,
    ONE_HOT,
    MULTI_HOT,
    COUNT,
    /** Counts times the weights of a variable. */
    TF_IDF
  }

  /**
   * Reads an argument {@code output_mode}.
   *
   * @param known those of the layer
   * @throws io.scenerank.config.InvalidInputException if it is another
   */
  static Mode mode(LayerConfig config, Mode... known) {
    String text = config.text(KEY);
    String name = text.equals("binary") ? "multi_hot" : text.replace('-', '_');
    for (Mode mode : known) {
      if (mode.toString().equalsIgnoreCase(name)) {
        return mode;
      }
    }
    throw config.wrong(
        KEY, "one of " + ImmutableList.copyOf(known).toString().toLowerCase(Locale.ROOT));
  }

  /**
   * What a layer gives for the numbers of bins.
   *
   * @param bins [B, …]
   * @param config of the layer, which says what bins are with the mode int: int32 or int64
   * @param type of vectors
   */
  Structure<MaskedTensor> bins(
      Ops tf, Operand<TInt64> bins, LayerConfig config, Class<? extends TType> type) {
    if (mode != Mode.INT) {
      return Structure.leaf(MaskedTensor.of(vectors(tf, bins, Optional.empty(), type)));
    }
    boolean narrow = config.dtype("int64").equals("int32");
    return Structure.leaf(MaskedTensor.of(narrow ? tf.dtypes.cast(bins, TInt32.class) : bins));
  }

  /**
   * Encodes ids.
   *
   * @param ids [B, …]
   * @param weights of the ids in a count, of the same shape
   * @param type of vectors
   * @return [B, …, depth] of single ids, [B, depth] of several
   */
  Operand<TFloating> vectors(
      Ops tf,
      Operand<TInt64> ids,
      Optional<Operand<TFloating>> weights,
      Class<? extends TType> type) {
    int rank = ids.shape().numDimensions();
    if (mode == Mode.ONE_HOT) {
      boolean single = rank > 1 && ids.shape().get(rank - 1) == 1;
      return oneHot(tf, single ? withoutLast(tf, ids) : ids, type);
    }
    if (rank <= 2 && weights.isEmpty()) {
      Operand<TFloat32> counts =
          tf.math.denseBincount(
              ids,
              tf.constant((long) depth),
              tf.reshape(tf.constant(new float[0]), tf.constant(new int[] {0})),
              DenseBincount.binaryOutput(mode == Mode.MULTI_HOT));
      return Casts.toFloating(tf, counts, type);
    }
    Operand<TInt32> axis = tf.constant(rank > 1 ? 1 : 0);
    Operand<TFloating> each = oneHot(tf, ids, type);
    if (mode == Mode.MULTI_HOT) {
      return tf.reduceMax(each, axis);
    }
    return tf.reduceSum(
        weights.isPresent()
            ? tf.math.mul(each, tf.expandDims(weights.get(), tf.constant(-1)))
            : each,
        axis);
  }

  private Operand<TFloating> oneHot(Ops tf, Operand<TInt64> ids, Class<? extends TType> type) {
    Operand<TFloat32> hot = tf.oneHot(ids, tf.constant(depth), tf.constant(1f), tf.constant(0f));
    return Casts.toFloating(tf, hot, type);
  }

  /** [B, …, 1] → [B, …]. */
  static <T extends TType> Operand<T> withoutLast(Ops tf, Operand<T> x) {
    List<Operand<TInt32>> sizes = new ArrayList<>(Sizes.all(tf, x));
    sizes.remove(sizes.size() - 1);
    return Sizes.reshape(tf, x, sizes);
  }
}
