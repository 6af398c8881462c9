package io.scenerank.model;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.DefaultGroups.Role;
import io.scenerank.layer.ApgLayer;
import io.scenerank.layer.Condition;
import io.scenerank.layer.Dense;
import io.scenerank.layer.Dropout;
import io.scenerank.layer.PredictLayer;
import io.scenerank.model.RankingModel.Gate;
import io.scenerank.variable.LayerScope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Adaptive parameter generation: a network whose layers' weights are generated from the scene, from
 * chosen columns, or from the layer's own input.
 *
 * <p>Groups: {@code dnn} (the network's input), the scene group, {@code linear} with linear logits.
 * Source: APG (Yan et al., 2022), "Adaptive parameter generation".
 */
final class Apg implements RankingModel {
  /** The registry's entry. */
  public static final ModelType<ApgParams> TYPE =
      ModelType.of("apg", ApgParams.class, ApgParams::defaults, Apg::new)
          .withPace(ModelType.Pace.USUAL.learningRate(0.002f))
          .withWork(ApgWork::of)
          .withGroups(
              DefaultGroups.NONE
                  .with("domain", Role.SCENARIO)
                  .with("dnn", Role.USER, Role.ITEM, Role.SPARSE, Role.OTHER)
                  .with("linear", Role.USER, Role.ITEM, Role.SPARSE));

  static final String DNN = "dnn";

  private final ApgParams params;
  private final ImmutableList<ApgLayer> apgLayers; // apg_layer_<i>
  private final ImmutableList<Dropout> dropoutLayers; // dropout_layers/<i>
  private final ImmutableMap<String, Dense> taskLogits; // task_<task>_logit
  private final ImmutableMap<String, PredictLayer> outputs; // <task>

  private Apg(ApgParams params, LayerScope scope, FeatureInputs inputs) {
    this.params = params;
    ImmutableList.Builder<ApgLayer> layers = ImmutableList.builder();
    ImmutableList.Builder<Dropout> dropouts = ImmutableList.builder();
    int width = inputs.width(DNN);
    for (int i = 0; i < params.apgDnnUnits().size(); i++) {
      layers.add(
          params.layer(i).build(scope.child("apg_layer_" + i), width, conditionDim(inputs, width)));
      dropouts.add(new Dropout(scope.child("dropout_layers").child(i), params.dropout()));
      width = params.apgDnnUnits().get(i);
    }
    this.apgLayers = layers.build();
    this.dropoutLayers = dropouts.build();
    ImmutableMap.Builder<String, Dense> logits = ImmutableMap.builder();
    ImmutableMap.Builder<String, PredictLayer> predictions = ImmutableMap.builder();
    for (String task : params.taskNames()) {
      logits.put(
          task, Dense.units(1).useBias(false).build(scope.child("task_" + task + "_logit"), width));
      predictions.put(task, new PredictLayer(scope.child(task), 1, false));
    }
    this.taskLogits = logits.buildOrThrow();
    this.outputs = predictions.buildOrThrow();
  }

  private int conditionDim(FeatureInputs inputs, int inputDim) {
    return switch (params.apgStrategy()) {
      case GROUP -> inputs.condition().width();
      case MIX -> inputs.width(params.apgCondition());
      case SELF -> inputDim;
    };
  }

  @Override
  public ImmutableMap<String, Operand<TFloat32>> call(Ops tf, FeatureInputs inputs) {
    Operand<TFloat32> x = inputs.group(DNN); // [B, E]
    for (int i = 0; i < apgLayers.size(); i++) {
      x = apgLayers.get(i).call(tf, x, condition(inputs, x)); // [B, units[i]]
      x = dropoutLayers.get(i).call(tf, x);
    }
    ImmutableMap.Builder<String, Operand<TFloat32>> logits = ImmutableMap.builder();
    for (String task : params.taskNames()) {
      Operand<TFloat32> logit = requireNonNull(taskLogits.get(task), task).call(tf, x); // [B, 1]
      if (params.linearLogits()) {
        logit = tf.math.add(logit, inputs.linearLogits()); // [B, 1]
      }
      logits.put(task, requireNonNull(outputs.get(task), task).logit(tf, logit)); // [B, 1]
    }
    return logits.buildOrThrow();
  }

  /** How large the generated weights of each layer are: what the condition makes of them. */
  @Override
  public ImmutableList<Gate> gates(Ops tf, FeatureInputs inputs) {
    ImmutableList.Builder<Gate> gates = ImmutableList.builder();
    Operand<TFloat32> x = inputs.group(DNN); // [B, E]
    for (int i = 0; i < apgLayers.size(); i++) {
      ApgLayer layer = apgLayers.get(i);
      Condition condition = condition(inputs, x);
      gates.add(
          new Gate(
              "apg_layer_" + i,
              "How large the weights are that layer " + i + " generates from its condition",
              Gate.Kind.SIZE,
              layer.generatedNames(),
              layer.generatedSizes(tf, condition))); // [B, k]
      x = layer.call(tf, x, condition); // [B, units[i]]
    }
    return gates.build();
  }

  private Condition condition(FeatureInputs inputs, Operand<TFloat32> x) {
    return switch (params.apgStrategy()) {
      case GROUP -> inputs.condition();
      case MIX -> Condition.perRow(inputs.columns(params.apgCondition()));
      case SELF -> Condition.perRow(x);
    };
  }
}
