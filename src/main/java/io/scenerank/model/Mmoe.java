package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.DefaultGroups.Role;
import io.scenerank.layer.Dense;
import io.scenerank.layer.Dnn;
import io.scenerank.layer.ExpertMixtures;
import io.scenerank.layer.PredictLayer;
import io.scenerank.model.RankingModel.Gate;
import io.scenerank.variable.LayerScope;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;

/**
 * Multi-gate mixture of experts: every task mixes the same experts by a gate of its own. The static
 * baseline: no weight depends on the scenario.
 *
 * <p>Group {@code mmoe}. Source: MMoE (Ma et al., 2018), section 4.2.
 */
final class Mmoe implements RankingModel {
  /** The registry's entry. */
  public static final ModelType<MmoeParams> TYPE =
      ModelType.of("mmoe", MmoeParams.class, MmoeParams::defaults, Mmoe::new)
          .withPace(ModelType.Pace.USUAL.learningRate(0.004f))
          .withWork(MmoeWork::of)
          .withGroups(
              DefaultGroups.NONE.with("mmoe", Role.USER, Role.ITEM, Role.SPARSE, Role.OTHER));

  static final String GROUP = "mmoe";

  private final ImmutableList<Dnn> experts; // expert_<i>
  private final ImmutableMap<String, Task> tasks;

  /**
   * What a task has of its own.
   *
   * @param gates task_<i>_gates
   * @param softmax task_<i>_softmax
   * @param tower task_tower_<task>
   * @param output task_<task>
   */
  private record Task(Dnn gates, Dense softmax, Dnn tower, PredictLayer output) {}

  private Mmoe(MmoeParams params, LayerScope scope, FeatureInputs inputs) {
    int inputDim = inputs.width(GROUP);
    ImmutableList.Builder<Dnn> experts = ImmutableList.builder();
    for (int i = 0; i < params.expertNums(); i++) {
      experts.add(
          Dnn.units(params.expertDnnUnits())
              .dropoutRate(params.dropoutRate())
              .build(scope.child("expert_" + i), inputDim));
    }
    this.experts = experts.build();
    ImmutableMap.Builder<String, Task> tasks = ImmutableMap.builder();
    for (int i = 0; i < params.taskNames().size(); i++) {
      tasks.put(params.taskNames().get(i), task(params, scope, inputDim, i));
    }
    this.tasks = tasks.buildOrThrow();
  }

  private static Task task(MmoeParams params, LayerScope scope, int inputDim, int number) {
    String name = params.taskNames().get(number);
    int expertDim = last(params.expertDnnUnits());
    ImmutableList<Integer> towerUnits =
        ImmutableList.<Integer>builder().addAll(params.taskTowerDnnUnits()).add(1).build();
    return new Task(
        Dnn.units(params.gateDnnUnits())
            .dropoutRate(params.dropoutRate())
            .build(scope.child("task_" + number + "_gates"), inputDim),
        Dense.units(params.expertNums())
            .useBias(false)
            .build(scope.child("task_" + number + "_softmax"), last(params.gateDnnUnits())),
        Dnn.units(towerUnits)
            .dropoutRate(params.dropoutRate())
            .build(scope.child("task_tower_" + name), expertDim),
        new PredictLayer(scope.child("task_" + name), 1, false));
  }

  @Override
  public ImmutableMap<String, Operand<TFloat32>> call(Ops tf, FeatureInputs inputs) {
    Operand<TFloat32> x = inputs.group(GROUP); // [B, E]
    // One by one: a product of all first layers at once would be too wide for the cache.
    List<Operand<TFloat32>> outputs = experts.stream().map(expert -> expert.call(tf, x)).toList();
    List<Operand<TFloat32>> mixtures =
        mixtures(tf, x).call(tf, tf.stack(outputs, Stack.axis(1L))); // [B, units]
    ImmutableMap.Builder<String, Operand<TFloat32>> logits = ImmutableMap.builder();
    int number = 0;
    for (Map.Entry<String, Task> entry : tasks.entrySet()) {
      Task task = entry.getValue();
      Operand<TFloat32> out = task.tower().call(tf, mixtures.get(number++));
      logits.put(entry.getKey(), task.output().logit(tf, out)); // [B, 1]
    }
    return logits.buildOrThrow();
  }

  @Override
  public ImmutableList<Gate> gates(Ops tf, FeatureInputs inputs) {
    List<Operand<TFloat32>> shares = mixtures(tf, inputs.group(GROUP)).shares(tf); // [B, n]
    return Gates.ofExperts(
        "experts",
        "Shares of the experts in the mixture of",
        Gate.Kind.SHARE,
        tasks.keySet().asList(),
        experts.size(),
        shares);
  }

  private ExpertMixtures mixtures(Ops tf, Operand<TFloat32> x) {
    return new ExpertMixtures(
        tasks.values().stream()
            .map(task -> task.softmax().call(tf, task.gates().call(tf, x))) // [B, n]
            .toList());
  }

  private static int last(ImmutableList<Integer> units) {
    return units.get(units.size() - 1);
  }
}
