package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.model.SharedBottomParams;
import java.util.Optional;

/** The shared bottom in Keras. */
final class KerasSharedBottomGraph implements KerasModelGraph<SharedBottomParams> {
  @Override
  public String name() {
    return "shared_bottom";
  }

  @Override
  public ImmutableMap<String, FunctionalTensor> outputs(
      FunctionalBuilder builder,
      FunctionalInputs inputs,
      SharedBottomParams params,
      int generation) {
    FunctionalTensor bottom =
        dnn(builder, "shared_bottom", params, params.bottomDnnUnits(), params.bottomOutActive())
            .call(inputs.groups(params.bottomGroups())); // [B, u]
    Optional<FunctionalTensor> linear = inputs.linearLogits(params.linearLogits()); // [B, 1]
    ImmutableList<Integer> units =
        ImmutableList.<Integer>builder().addAll(params.taskTowerDnnUnits()).add(1).build();
    ImmutableMap.Builder<String, FunctionalTensor> outputs = ImmutableMap.builder();
    for (String task : params.taskNames()) {
      FunctionalTensor own =
          dnn(builder, "task_tower_" + task, params, units, false).call(bottom); // [B, 1]
      FunctionalTensor logit = builder.add(own, linear);
      outputs.put(task, builder.probability("task_" + task, logit));
    }
    return outputs.buildOrThrow();
  }

  private static FunctionalBuilder.Layer dnn(
      FunctionalBuilder builder,
      String path,
      SharedBottomParams params,
      ImmutableList<Integer> units,
      boolean outActive) {
    return builder.layer(
        path,
        "Dnn",
        FunctionalConfigs.dnn(
            units, params.dropoutRate(), params.activation(), outActive, params.useBn()));
  }
}
