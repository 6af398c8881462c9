package io.scenerank.model;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.DefaultGroups.Role;
import io.scenerank.layer.Dnn;
import io.scenerank.layer.PredictLayer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A plain network with one bottom for all tasks and one tower each: the floor of every comparison.
 *
 * <p>Groups: those of {@code bottom_groups}, {@code linear} with linear logits. Source: Multitask
 * Learning (Caruana, 1997), section 2; as the baseline of MMoE (Ma et al., 2018), section 3.1.
 */
final class SharedBottom implements RankingModel {
  /** The registry's entry. */
  public static final ModelType<SharedBottomParams> TYPE =
      ModelType.of(
              "shared_bottom",
              SharedBottomParams.class,
              SharedBottomParams::defaults,
              SharedBottom::new)
          .withPace(ModelType.Pace.USUAL.learningRate(0.004f))
          .withWork(SharedBottomWork::of)
          .withOriginal(OriginalSharedBottom::translate)
          .withGroups(
              DefaultGroups.NONE
                  .with("dnn", Role.USER, Role.ITEM, Role.SPARSE, Role.OTHER)
                  .with("linear", Role.USER, Role.ITEM, Role.SPARSE));

  private final SharedBottomParams params;
  private final Dnn sharedBottom; // shared_bottom
  private final ImmutableMap<String, Dnn> towers; // task_tower_<task>
  private final ImmutableMap<String, PredictLayer> outputs; // task_<task>

  private SharedBottom(SharedBottomParams params, LayerScope scope, FeatureInputs inputs) {
    this.params = params;
    this.sharedBottom =
        dnn(params.bottomDnnUnits())
            .outActive(params.bottomOutActive())
            .build(scope.child("shared_bottom"), width(params, inputs));
    int bottomDim = params.bottomDnnUnits().get(params.bottomDnnUnits().size() - 1);
    ImmutableList<Integer> towerUnits =
        ImmutableList.<Integer>builder().addAll(params.taskTowerDnnUnits()).add(1).build();
    ImmutableMap.Builder<String, Dnn> towers = ImmutableMap.builder();
    ImmutableMap.Builder<String, PredictLayer> outputs = ImmutableMap.builder();
    for (String task : params.taskNames()) {
      towers.put(task, dnn(towerUnits).build(scope.child("task_tower_" + task), bottomDim));
      outputs.put(task, new PredictLayer(scope.child("task_" + task), 1, false));
    }
    this.towers = towers.buildOrThrow();
    this.outputs = outputs.buildOrThrow();
  }

  private Dnn.Options dnn(ImmutableList<Integer> units) {
    return Dnn.units(units)
        .activation(params.activation())
        .dropoutRate(params.dropoutRate())
        .useBn(params.useBn());
  }

  private static int width(SharedBottomParams params, FeatureInputs inputs) {
    return params.bottomGroups().stream().mapToInt(inputs::width).sum();
  }

  /** The groups side by side, [B, E]. */
  private Operand<TFloat32> input(Ops tf, FeatureInputs inputs) {
    return Shapes.concat(tf, params.bottomGroups().stream().map(inputs::group).toList(), -1);
  }

  @Override
  public ImmutableMap<String, Operand<TFloat32>> call(Ops tf, FeatureInputs inputs) {
    Operand<TFloat32> bottom = sharedBottom.call(tf, input(tf, inputs)); // [B, bottom's width]
    ImmutableMap.Builder<String, Operand<TFloat32>> logits = ImmutableMap.builder();
    for (String task : params.taskNames()) {
      Operand<TFloat32> logit = requireNonNull(towers.get(task), task).call(tf, bottom); // [B, 1]
      if (params.linearLogits()) {
        logit = tf.math.add(logit, inputs.linearLogits()); // [B, 1]
      }
      logits.put(task, requireNonNull(outputs.get(task), task).logit(tf, logit)); // [B, 1]
    }
    return logits.buildOrThrow();
  }
}
