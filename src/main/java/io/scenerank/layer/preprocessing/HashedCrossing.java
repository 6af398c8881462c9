package io.scenerank.layer.preprocessing;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.preprocessing.CategoryEncoder.Mode;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * Keras' {@code HashedCrossing}: the bin of several values together.
 *
 * <p>Inputs a list of texts or integers, each [B] or [B, 1], output int64 of the same shape, or [B,
 * num_bins] with {@code one_hot}. Source: Keras' layer of this name.
 */
final class HashedCrossing extends Layer {
  static final LayerType TYPE =
      LayerType.of("HashedCrossing", HashedCrossing::new)
          .argument("num_bins")
          .argument("output_mode", "int")
          .only("sparse", false);

  /** The op that Keras uses; TensorFlow Java has methods for its successors alone. */
  private static final String OP = "SparseCross";

  private static final long KEY = 0xDECAFCAFFEL;

  private final CategoryEncoder encoder;

  private HashedCrossing(LayerConfig config) {
    super(config);
    this.encoder =
        new CategoryEncoder(
            CategoryEncoder.mode(config, Mode.INT, Mode.ONE_HOT), config.integer("num_bins", 1));
  }

  @Override
  public boolean autocasts() {
    return false;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    Class<? extends TFloating> type = scope.policy().compute();
    return (context, arguments) -> {
      Ops tf = context.tf();
      ImmutableList<MaskedTensor> columns = arguments.get("inputs", 0).leaves();
      requireColumns(columns);
      Operand<TInt64> bins = tf.reshape(crossed(tf, columns), tf.shape(columns.get(0).value()));
      return encoder.bins(tf, bins, config(), type);
    };
  }

  private static void requireColumns(ImmutableList<MaskedTensor> columns) {
    if (columns.size() < 2) {
      throw new IllegalArgumentException("called with one tensor, expected at least two");
    }
    for (MaskedTensor column : columns) {
      int rank = column.rank();
      boolean fits =
          (rank == 1 || (rank == 2 && column.shape().get(1) == 1)) && !column.isFloating();
      if (!fits) {
        throw new IllegalArgumentException(
            "an input is "
                + column.value().type().getSimpleName()
                + " "
                + column.shape()
                + ", expected texts or integers [batch] or [batch, 1]");
      }
    }
  }

  /** The bin of each row, [B]. */
  private Operand<TInt64> crossed(Ops tf, ImmutableList<MaskedTensor> columns) {
    Output<?>[] dense = new Output<?>[columns.size()];
    boolean allText = true;
    for (int i = 0; i < dense.length; i++) {
      MaskedTensor column = columns.get(i);
      Operand<? extends TType> values =
          column.isText() ? column.text() : Casts.to(tf, column.value(), TInt64.class);
      dense[i] = tf.reshape(values, tf.constant(new int[] {-1, 1})).asOutput();
      allText &= column.isText();
    }
    Scope scope = tf.scope();
    Output<?>[] none = {};
    Operation cross =
        scope
            .apply(
                scope
                    .env()
                    .opBuilder(OP, scope.makeOpName(OP), scope)
                    .addInputList(none)
                    .addInputList(none)
                    .addInputList(none)
                    .addInputList(dense))
            .setAttr("hashed_output", true)
            .setAttr("num_buckets", (long) encoder.depth())
            .setAttr("hash_key", KEY)
            .setAttr("out_type", DataType.DT_INT64)
            .setAttr("internal_type", allText ? DataType.DT_STRING : DataType.DT_INT64)
            .build();
    return cross.output(1);
  }
}
