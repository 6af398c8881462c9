package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.DefaultGroups.Role;
import io.scenerank.layer.ModelBuilder;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import java.util.Optional;

/**
 * A plain network with one bottom for all tasks and one tower each: the floor of every comparison.
 *
 * <p>Groups: those of {@code bottom_groups}, {@code linear} with linear logits. Source: Multitask
 * Learning (Caruana, 1997), section 2; as the baseline of MMoE (Ma et al., 2018), section 3.1.
 */
final class SharedBottom {
  /** The registry's entry. */
  static final ModelType<SharedBottomParams> TYPE =
      ModelType.of(
              "shared_bottom",
              SharedBottomParams.class,
              SharedBottomParams::defaults,
              SharedBottom::outputs)
          .withPace(ModelType.Pace.USUAL.learningRate(0.004f))
          .withWork(SharedBottomWork::of)
          .withOriginal(OriginalSharedBottom::translate)
          .withGroups(
              DefaultGroups.NONE
                  .with("dnn", Role.USER, Role.ITEM, Role.SPARSE, Role.OTHER)
                  .with("linear", Role.USER, Role.ITEM, Role.SPARSE));

  private SharedBottom() {}

  private static ImmutableMap<String, TensorRef> outputs(
      ModelBuilder model, ModelColumns columns, SharedBottomParams params) {
    TensorRef bottom =
        dnn(model, "shared_bottom", params, params.bottomDnnUnits(), params.bottomOutActive())
            .call(columns.groups(params.bottomGroups())); // [B, u]
    Optional<TensorRef> linear = columns.linearLogits(params.linearLogits()); // [B, 1]
    ImmutableList<Integer> units =
        ImmutableList.<Integer>builder().addAll(params.taskTowerDnnUnits()).add(1).build();
    ImmutableMap.Builder<String, TensorRef> outputs = ImmutableMap.builder();
    for (String task : params.taskNames()) {
      TensorRef own = dnn(model, "task_tower_" + task, params, units, false).call(bottom); // [B, 1]
      outputs.put(
          task, TaskHeads.score(model, columns, task, "task_" + task, model.add(own, linear)));
    }
    return outputs.buildOrThrow();
  }

  private static ModelBuilder.CallableLayer dnn(
      ModelBuilder model,
      String path,
      SharedBottomParams params,
      ImmutableList<Integer> units,
      boolean outActive) {
    return model.layer(
        path,
        "Dnn",
        LayerArguments.dnn(
            units, params.dropoutRate(), params.activation(), outActive, params.useBn()),
        3);
  }
}
