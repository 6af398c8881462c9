package io.scenerank.parity;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.Activation;
import io.scenerank.layer.MetaAttention;
import io.scenerank.layer.MetaTower;
import io.scenerank.layer.MetaUnit;
import io.scenerank.layer.MultiHeadAttention;
import io.scenerank.layer.PositionEncodingLayer;
import io.scenerank.layer.PositionEncodingLayer.PositionInitializer;
import io.scenerank.layer.TaskEmbedding;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The cases of M2M's layers. */
final class MetaLayerCases {
  private static final ImmutableSet<String> META_UNIT =
      ImmutableSet.of("num_layer", "activation", "dropout", "l2_reg");

  /** Those of {@link #ATTENTION_DEFAULTS}, and what tells how the variables begin or train. */
  private static final ImmutableSet<String> ATTENTION =
      ImmutableSet.of(
          "num_heads",
          "key_dim",
          "value_dim",
          "dropout",
          "attention_masking",
          "use_bias",
          "output_shape",
          "attention_axes",
          "use_gate",
          "sliding_window",
          "kernel_initializer",
          "bias_initializer",
          "kernel_regularizer",
          "bias_regularizer",
          "activity_regularizer",
          "kernel_constraint",
          "bias_constraint",
          "flash_attention",
          "seed",
          "query_shape",
          "key_shape",
          "value_shape");

  private static final ImmutableMap<String, ImmutableSet<String>> ATTENTION_DEFAULTS =
      ImmutableMap.of(
          "use_bias", ImmutableSet.of("true"),
          "output_shape", ImmutableSet.of(),
          "attention_axes", ImmutableSet.of("1", "[1]"),
          "use_gate", ImmutableSet.of("false"),
          "sliding_window", ImmutableSet.of());

  ImmutableMap<String, LayerCases.LayerCase> cases() {
    return ImmutableMap.of(
        "PositionEncodingLayer", this::positionEncoding,
        "MultiHeadAttention", this::multiHeadAttention,
        "TaskEmbedding", this::taskEmbedding,
        "MetaUnit", this::metaUnit,
        "MetaAttention", this::metaAttention,
        "MetaTower", this::metaTower);
  }

  private List<Operand<TFloat32>> positionEncoding(
      Ops tf, LayerScope scope, CaseFile file, LayerInputs inputs) {
    LayerConfig config = LayerCases.config(file, "dims", "max_len", "trainable", "initializer");
    Operand<TFloat32> x = sequences(file, inputs);
    PositionEncodingLayer layer =
        new PositionEncodingLayer(
            scope,
            config.positiveOr("dims", Shapes.last(x)),
            config.positive("max_len"),
            config.booleanOr("trainable", true),
            config.valueOr(
                "initializer", PositionInitializer.class, PositionInitializer.GLOROT_UNIFORM));
    return List.of(layer.call(tf, x));
  }

  /** The input x, [B, L, D]. */
  private static Operand<TFloat32> sequences(CaseFile file, LayerInputs inputs) {
    Operand<TFloat32> x = inputs.get("x");
    if (x.shape().numDimensions() != 3) {
      throw new InvalidInputException(
          file.path() + ": inputs/x has the shape " + x.shape() + ", expected [B, L, D]");
    }
    return x;
  }

  private List<Operand<TFloat32>> multiHeadAttention(
      Ops tf, LayerScope scope, CaseFile file, LayerInputs inputs) {
    LayerConfig config = LayerCases.config(file, ATTENTION).require(ATTENTION_DEFAULTS);
    Operand<TFloat32> x = sequences(file, inputs);
    Optional<Operand<TInt32>> ids = inputs.ids(tf, "ids");
    int keyDim = config.positive("key_dim");
    MultiHeadAttention layer =
        new MultiHeadAttention.Options(
                config.positive("num_heads"),
                keyDim,
                config.positiveOr("value_dim", keyDim),
                config.floatOr("dropout", 0f),
                config.valueOr(
                    "attention_masking", MultiHeadAttention.Masking.class, file.masking()))
            .build(scope, Shapes.last(x));
    return List.of(layer.call(tf, x, ids));
  }

  private List<Operand<TFloat32>> taskEmbedding(
      Ops tf, LayerScope scope, CaseFile file, LayerInputs inputs) {
    LayerConfig config = LayerCases.config(file, "output_dim");
    int dim = config.positive("output_dim");
    Operand<TFloat32> x = inputs.get("x"); // lends its number of rows
    Operand<TInt32> rows =
        tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    Operand<TInt32> shape = tf.concat(List.of(rows, tf.constant(new int[] {dim})), tf.constant(0));
    return List.of(tf.broadcastTo(new TaskEmbedding(scope, dim).call(tf), shape)); // [B, dim]
  }

  private List<Operand<TFloat32>> metaUnit(
      Ops tf, LayerScope scope, CaseFile file, LayerInputs inputs) {
    LayerConfig config = LayerCases.config(file, META_UNIT);
    Operand<TFloat32> x = inputs.get("x");
    Operand<TFloat32> scenario = inputs.get("scenario_views");
    int steps =
        x.shape().numDimensions() == 3 ? Math.toIntExact(x.shape().get(1)) : 1; // [B, n, d], [B, d]
    MetaUnit unit = unit(config).build(scope, Shapes.last(x), steps, Shapes.last(scenario));
    return List.of(unit.generate(tf, scenario).call(tf, x, 0));
  }

  private List<Operand<TFloat32>> metaAttention(
      Ops tf, LayerScope scope, CaseFile file, LayerInputs inputs) {
    LayerConfig config =
        LayerCases.config(
            file, "meta_unit", "num_layer", "activation", "dropout", "l2_reg", "attention_softmax");
    Operand<TFloat32> experts = inputs.get("expert_views");
    Operand<TFloat32> tasks = inputs.get("task_views");
    Operand<TFloat32> scenario = inputs.get("scenario_views");
    int viewDim = Shapes.last(experts);
    MetaUnit unit =
        config
            .nested("meta_unit", META_UNIT)
            .map(this::unit)
            .orElseGet(() -> unit(config))
            .build(
                MetaAttention.ownUnit(scope),
                2 * viewDim,
                Math.toIntExact(experts.shape().get(1)),
                Shapes.last(scenario));
    MetaAttention layer =
        new MetaAttention(scope, viewDim, config.booleanOr("attention_softmax", false));
    return List.of(layer.call(tf, experts, tasks, unit.generate(tf, scenario), 0));
  }

  private List<Operand<TFloat32>> metaTower(
      Ops tf, LayerScope scope, CaseFile file, LayerInputs inputs) {
    LayerConfig config =
        LayerCases.config(
            file,
            "meta_unit",
            "num_layer",
            "meta_unit_depth",
            "activation",
            "dropout",
            "l2_reg",
            "tower_residual");
    Operand<TFloat32> x = inputs.get("x");
    Operand<TFloat32> scenario = inputs.get("scenario_views");
    int depth = config.positiveOr("num_layer", 3);
    Activation activation = config.activationOr("activation", Activation.LEAKY_RELU);
    float dropout = config.floatOr("dropout", 0f);
    MetaUnit.Options own =
        new MetaUnit.Options(config.positiveOr("meta_unit_depth", 3), activation, dropout, 0f, 1);
    Optional<MetaUnit.Options> given = config.nested("meta_unit", META_UNIT).map(this::unit);
    List<MetaTower.Step> steps = new ArrayList<>();
    for (int j = 0; j < depth; j++) {
      boolean again = given.isPresent() && j > 0;
      steps.add(
          again
              ? new MetaTower.Step(steps.get(0).unit(), j)
              : new MetaTower.Step(
                  given
                      .orElse(own)
                      .build(MetaTower.ownUnit(scope, j), Shapes.last(x), 1, Shapes.last(scenario))
                      .generate(tf, scenario),
                  0));
    }
    MetaTower layer =
        new MetaTower.Options(depth, activation, dropout, config.booleanOr("tower_residual", false))
            .build(scope, Shapes.last(x));
    return List.of(layer.call(tf, x, steps));
  }

  private MetaUnit.Options unit(LayerConfig config) {
    return new MetaUnit.Options(
        config.positiveOr("num_layer", 3),
        config.activationOr("activation", Activation.LEAKY_RELU),
        config.floatOr("dropout", 0f),
        config.floatOr("l2_reg", 0f),
        1);
  }
}
