package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.DefaultGroups.Role;
import io.scenerank.layer.ModelBuilder;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.model.ModelParams.Activation;
import io.scenerank.model.Observations.Gate;
import java.util.ArrayList;
import java.util.List;

/**
 * Multi-gate mixture of experts: every task mixes the same experts by a gate of its own. The static
 * baseline: no weight depends on the scenario.
 *
 * <p>Group {@code mmoe}. Source: MMoE (Ma et al., 2018), section 4.2.
 */
final class Mmoe {
  /** The registry's entry. */
  static final ModelType<MmoeParams> TYPE =
      ModelType.of("mmoe", MmoeParams.class, MmoeParams::defaults, Mmoe::outputs)
          .withPace(ModelType.Pace.USUAL.learningRate(0.004f))
          .withWork(MmoeWork::of)
          .withGates(Mmoe::gates)
          .withGroups(
              DefaultGroups.NONE.with("mmoe", Role.USER, Role.ITEM, Role.SPARSE, Role.OTHER));

  static final String GROUP = "mmoe";

  private Mmoe() {}

  private static ImmutableMap<String, TensorRef> outputs(
      ModelBuilder model, ModelColumns columns, MmoeParams params) {
    TensorRef x = columns.group(GROUP); // [B, E]
    List<TensorRef> experts = new ArrayList<>(); // n times [B, d]
    for (int i = 0; i < params.expertNums(); i++) {
      experts.add(dnn(model, "expert_" + i, params, params.expertDnnUnits()).call(x));
    }
    ImmutableMap.Builder<String, TensorRef> outputs = ImmutableMap.builder();
    for (int i = 0; i < params.taskNames().size(); i++) {
      String task = params.taskNames().get(i);
      TensorRef gate =
          dnn(model, "task_" + i + "_gates", params, params.gateDnnUnits()).call(x); // [B, g]
      TensorRef weights =
          model
              .layer(
                  "task_" + i + "_softmax",
                  "Dense",
                  LayerArguments.dense(params.expertNums(), false, "softmax"),
                  3)
              .call(gate); // [B, n]
      TensorRef mixed =
          model
              .layer("WeightedSum", LayerArguments.plain())
              .callOn(
                  ImmutableList.<TensorRef>builder()
                      .add(weights)
                      .addAll(experts)
                      .build()); // [B, d]
      ImmutableList<Integer> units =
          ImmutableList.<Integer>builder().addAll(params.taskTowerDnnUnits()).add(1).build();
      TensorRef logit = dnn(model, "task_tower_" + task, params, units).call(mixed); // [B, 1]
      outputs.put(task, TaskHeads.score(model, columns, task, "task_" + task, logit));
    }
    return outputs.buildOrThrow();
  }

  private static ModelBuilder.CallableLayer dnn(
      ModelBuilder model, String path, MmoeParams params, ImmutableList<Integer> units) {
    return model.layer(
        path,
        "Dnn",
        LayerArguments.dnn(units, params.dropoutRate(), Activation.RELU, false, false),
        3);
  }

  private static ImmutableList<Gate> gates(
      Observations observed, ModelColumns columns, MmoeParams params) {
    return ExpertGates.of(
        "experts",
        "Shares of the experts in the mixture of",
        Gate.Kind.SHARE,
        params.taskNames(),
        params.expertNums(),
        task ->
            observed.get(task == 0 ? "weighted_sum/weights" : "weighted_sum_" + task + "/weights"));
  }
}
