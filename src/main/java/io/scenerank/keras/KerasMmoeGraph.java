package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.Activation;
import io.scenerank.model.MmoeParams;
import java.util.ArrayList;
import java.util.List;

/** MMoE in Keras. */
final class KerasMmoeGraph implements KerasModelGraph<MmoeParams> {
  @Override
  public String name() {
    return "mmoe";
  }

  @Override
  public ImmutableMap<String, FunctionalTensor> outputs(
      FunctionalBuilder builder, FunctionalInputs inputs, MmoeParams params, int generation) {
    FunctionalTensor x = inputs.group("mmoe"); // [B, E]
    List<FunctionalTensor> experts = new ArrayList<>(); // n times [B, d]
    for (int i = 0; i < params.expertNums(); i++) {
      experts.add(dnn(builder, "expert_" + i, params, params.expertDnnUnits()).call(x));
    }
    ImmutableMap.Builder<String, FunctionalTensor> outputs = ImmutableMap.builder();
    for (int i = 0; i < params.taskNames().size(); i++) {
      String task = params.taskNames().get(i);
      FunctionalTensor gate =
          dnn(builder, "task_" + i + "_gates", params, params.gateDnnUnits()).call(x); // [B, g]
      FunctionalTensor weights =
          builder
              .layer(
                  "task_" + i + "_softmax",
                  "Dense",
                  FunctionalConfigs.dense(params.expertNums(), false, "softmax"))
              .call(gate); // [B, n]
      FunctionalTensor mixed =
          builder
              .layer("WeightedSum", FunctionalConfigs.plain())
              .callOn(
                  ImmutableList.<FunctionalTensor>builder()
                      .add(weights)
                      .addAll(experts)
                      .build()); // [B, d]
      ImmutableList<Integer> units =
          ImmutableList.<Integer>builder().addAll(params.taskTowerDnnUnits()).add(1).build();
      FunctionalTensor logit =
          dnn(builder, "task_tower_" + task, params, units).call(mixed); // [B, 1]
      outputs.put(task, builder.probability("task_" + task, logit));
    }
    return outputs.buildOrThrow();
  }

  private static FunctionalBuilder.Layer dnn(
      FunctionalBuilder builder, String path, MmoeParams params, ImmutableList<Integer> units) {
    return builder.layer(
        path,
        "Dnn",
        FunctionalConfigs.dnn(units, params.dropoutRate(), Activation.RELU, false, false));
  }
}
