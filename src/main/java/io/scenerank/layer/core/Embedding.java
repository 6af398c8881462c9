package io.scenerank.layer.core;

import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Regularizer;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.OpNames.Ancestors;
import io.scenerank.variable.WeightStore;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Keras' {@code Embedding}: a row of a table for each id.
 *
 * <p>Input ids [B, …], output [B, …, output_dim]. With {@code mask_zero} the output's mask is false
 * where the id is 0. Variable {@code embeddings} [input_dim, output_dim], of which training changes
 * the rows of the batch alone. Source: Keras' layer of this name.
 */
final class Embedding extends Layer {
  static final LayerType TYPE =
      LayerType.of("Embedding", Embedding::new)
          .argument("input_dim")
          .argument("output_dim")
          .variable("embeddings", "uniform")
          .argument("mask_zero", false)
          .only("weights", null)
          .argument("input_length", null)
          .only("quantization_config", null);

  private final Shape shape;
  private final boolean maskZero;

  private Embedding(LayerConfig config) {
    super(config);
    this.shape = Shape.of(config.integer("input_dim", 1), config.integer("output_dim", 1));
    this.maskZero = config.flag("mask_zero");
  }

  @Override
  public Repeats repeats() {
    return Repeats.OF_THE_LAYER;
  }

  @Override
  public Masking masking() {
    return Masking.OWN;
  }

  @Override
  public boolean autocasts() {
    return false;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    // TensorFlow has no gradient for rows whose numbers it computes from variables.
    // The only row of a table is read by every batch.
    boolean whole =
        shape.get(0) == 1
            || Ancestors.of(inputs.only().value()).includeVariables()
            || changesAllRows()
            || scope.readsWholeTable(config());
    Variable table =
        whole
            ? scope.adapted(
                scope.add("embeddings", shape, config(), "embeddings"), config(), "embeddings")
            : scope.addTable("embeddings", shape, config(), "embeddings");
    return (context, arguments) ->
        Structure.leaf(rows(scope, context.tf(), arguments.only(), table, whole, maskZero));
  }

  /**
   * The rows of a table for ids [B, …], with the mask of the ids where 0 is padding.
   *
   * @param whole whether the table is read as a whole, not only these rows of it
   */
  static MaskedTensor rows(
      BuildScope scope,
      Ops tf,
      MaskedTensor input,
      Variable table,
      boolean whole,
      boolean maskZero) {
    Operand<TInt32> ids = input.ids(tf);
    Operand<TInt32> rows = tf.reshape(ids, tf.constant(new int[] {-1}));
    Operand<TFloat32> values =
        whole
            ? tf.gather(table.value(), rows, tf.constant(0))
            : looked(scope, table, tf, rows); // [n, D]
    Operand<TInt32> shape =
        tf.concat(
            List.of(tf.shape(ids), tf.constant(new int[] {(int) table.shape().get(1)})),
            tf.constant(0));
    Optional<Operand<TBool>> mask =
        maskZero ? Optional.of(tf.math.notEqual(ids, tf.constant(0))) : Optional.empty();
    return new MaskedTensor(Casts.toFloating(tf, tf.reshape(values, shape), table.compute()), mask);
  }

  /**
   * Whether the regularizer changes rows in another way than L2, which tables have of their own.
   */
  private boolean changesAllRows() {
    return config()
        .regularizer("embeddings_regularizer")
        .filter(of -> !(of instanceof Regularizer.L1L2 terms && terms.l1() == 0))
        .isPresent();
  }

  /** Rows of a table, with a gradient for these rows alone. */
  private static Operand<TFloat32> looked(
      BuildScope scope, Variable table, Ops tf, Operand<TInt32> rows) {
    Operand<TFloat32> values = table.weight().gather(tf, rows);
    scope.store().addGathered(new WeightStore.Gathered(table.weight(), rows, values));
    return values;
  }
}
