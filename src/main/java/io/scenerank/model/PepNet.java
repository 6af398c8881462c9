package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.DefaultGroups.Role;
import io.scenerank.layer.Dense;
import io.scenerank.layer.EpNet;
import io.scenerank.layer.PpNet;
import io.scenerank.layer.PredictLayer;
import io.scenerank.model.RankingModel.Gate;
import io.scenerank.variable.LayerScope;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;

/**
 * PEPNet: {@link EpNet} adapts the shared embedding to the scenario, {@link PpNet} adapts every
 * layer of every task's tower to the user and the item.
 *
 * <p>Groups: {@code dnn} (the shared embedding), {@code epnet} (the scenario), {@code pepnet} (user
 * and item), {@code linear} with linear logits. Source: PEPNet (Chang et al., 2023).
 */
final class PepNet implements RankingModel {
  /** The registry's entry. */
  public static final ModelType<PepNetParams> TYPE =
      ModelType.of("pepnet", PepNetParams.class, PepNetParams::defaults, PepNet::new)
          .withWork(PepNetWork::of)
          .withGroups(
              DefaultGroups.NONE
                  .with("epnet", Role.SCENARIO)
                  .with("dnn", Role.USER, Role.ITEM, Role.SPARSE, Role.OTHER)
                  .with("pepnet", Role.USER, Role.ITEM)
                  .with("linear", Role.USER, Role.ITEM, Role.SPARSE));

  static final String DNN = "dnn";
  static final String EPNET = "epnet";
  static final String PEPNET = "pepnet";

  private final PepNetParams params;
  private final EpNet epNet; // dnn/epnet
  private final PpNet ppNet; // dnn/ppnet
  private final ImmutableList<Dense> taskLogits; // task_<task>_logit, with linear logits only
  private final ImmutableList<PredictLayer> outputs; // <task>

  private PepNet(PepNetParams params, LayerScope scope, FeatureInputs inputs) {
    this.params = params;
    int embDim = inputs.width(DNN);
    this.epNet =
        new EpNet(scope.child("dnn").child("epnet"), inputs.width(EPNET), embDim, params.l2Reg());
    this.ppNet =
        PpNet.towers(params.taskNames().size(), params.pepnetDnnUnits())
            .activation(params.pepnetActivation())
            .dropout(params.pepnetDropout())
            .l2Reg(params.l2Reg())
            .build(scope.child("dnn").child("ppnet"), embDim, inputs.width(PEPNET));
    int last = params.pepnetDnnUnits().get(params.pepnetDnnUnits().size() - 1);
    ImmutableList.Builder<Dense> logits = ImmutableList.builder();
    ImmutableList.Builder<PredictLayer> predictions = ImmutableList.builder();
    for (String task : params.taskNames()) {
      if (params.linearLogits()) {
        logits.add(
            Dense.units(1).useBias(false).build(scope.child("task_" + task + "_logit"), last));
      }
      predictions.add(new PredictLayer(scope.child(task), params.linearLogits() ? 1 : last, false));
    }
    this.taskLogits = logits.build();
    this.outputs = predictions.build();
  }

  @Override
  public ImmutableMap<String, Operand<TFloat32>> call(Ops tf, FeatureInputs inputs) {
    Operand<TFloat32> emb = epNet.call(tf, inputs.group(EPNET), inputs.group(DNN)); // [B, E]
    ImmutableList<Operand<TFloat32>> towers =
        ppNet.call(tf, emb, inputs.group(PEPNET)); // T times [B, last unit]
    ImmutableMap.Builder<String, Operand<TFloat32>> logits = ImmutableMap.builder();
    for (int task = 0; task < towers.size(); task++) {
      Operand<TFloat32> tower = towers.get(task);
      if (params.linearLogits()) {
        tower = tf.math.add(taskLogits.get(task).call(tf, tower), inputs.linearLogits()); // [B, 1]
      }
      logits.put(params.taskNames().get(task), outputs.get(task).logit(tf, tower)); // [B, 1]
    }
    return logits.buildOrThrow();
  }

  @Override
  public ImmutableList<Gate> gates(Ops tf, FeatureInputs inputs) {
    Operand<TFloat32> emb = inputs.group(DNN); // [B, E]
    Operand<TFloat32> ofColumns = epNet.gate(tf, inputs.group(EPNET), emb); // [B, E]
    ImmutableList.Builder<Gate> gates = ImmutableList.builder();
    gates.add(
        new Gate(
            "epnet",
            "What EPNet multiplies each column's embedding by, for the scenario",
            Gate.Kind.FACTOR,
            inputs.names(DNN),
            inputs.meanByColumn(DNN, ofColumns))); // [B, columns]
    List<List<Operand<TFloat32>>> layers =
        ppNet.gates(tf, tf.math.mul(ofColumns, emb), inputs.group(PEPNET));
    for (int i = 0; i < layers.size(); i++) {
      List<Operand<TFloat32>> means =
          layers.get(i).stream()
              .<Operand<TFloat32>>map(gate -> tf.math.mean(gate, tf.constant(1)))
              .toList(); // T times [B]
      gates.add(
          new Gate(
              "ppnet/layer_" + i,
              "What PPNet multiplies layer " + i + " of each task's tower by, for user and item",
              Gate.Kind.FACTOR,
              params.taskNames(),
              tf.stack(means, Stack.axis(1L)))); // [B, T]
    }
    return gates.build();
  }
}
