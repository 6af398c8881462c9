package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.DefaultGroups.Role;
import io.scenerank.layer.Dnn;
import io.scenerank.layer.MetaAttention;
import io.scenerank.layer.MetaTower;
import io.scenerank.layer.PredictLayer;
import io.scenerank.layer.SharedMetaHeads;
import io.scenerank.layer.TaskEmbedding;
import io.scenerank.model.RankingModel.Gate;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;

/**
 * Multi-scenario, multi-task meta learning: experts are mixed for each task, and the mix is turned
 * into a score, by layers whose weights are generated from the scenario.
 *
 * <p>Groups: {@code dnn} (the experts' input), the domain group (the scenario), {@code user} (joins
 * the scenario; {@code dnn} is taken where no column is in it), sequences with the combiner {@code
 * mha}, {@code linear} with linear logits. Source: M2M (Zhang et al., 2022).
 */
final class M2m implements RankingModel {
  /** The registry's entry. */
  public static final ModelType<M2mParams> TYPE =
      ModelType.of("m2m", M2mParams.class, M2mParams::defaults, M2m::new)
          .withPace(new ModelType.Pace(4, 128, 0.001f))
          .withWork(M2mWork::of)
          .withGroups(
              DefaultGroups.NONE
                  .with("domain", Role.SCENARIO)
                  .with("dnn", Role.USER, Role.ITEM, Role.SPARSE, Role.OTHER)
                  .with("user", Role.USER)
                  .with("linear", Role.USER, Role.ITEM, Role.SPARSE));

  static final String DNN = "dnn";
  static final String USER = "user";

  private final M2mParams params;
  private final M2mSequences sequences;
  private final Dnn scenarioMlp; // dnn/scenario_mlp
  private final ImmutableList<Dnn> expertMlps; // dnn/expert_<i>_mlp
  private final M2mMetaUnits metaUnits;
  private final ImmutableList<Task> tasks;

  /**
   * What a task has of its own.
   *
   * @param embedding task_emb_<i>
   * @param mlp dnn/<task>_mlp
   * @param attention dnn/meta_attention_<task>
   * @param tower dnn/meta_tower_<task>
   * @param towerLogit <task>/tower_logit
   */
  private record Task(
      TaskEmbedding embedding,
      Dnn mlp,
      MetaAttention attention,
      MetaTower tower,
      PredictLayer towerLogit) {}

  /**
   * What the heads see of a batch.
   *
   * @param scenario [B, scenario_dim]
   * @param experts [B, n, view_dim]
   * @param tasks [1, view_dim] a task
   */
  private record Views(
      Operand<TFloat32> scenario, Operand<TFloat32> experts, List<Operand<TFloat32>> tasks) {}

  private M2m(M2mParams params, LayerScope scope, FeatureInputs inputs) {
    this.params = params;
    LayerScope dnn = scope.child("dnn");
    this.sequences = new M2mSequences(params, scope, inputs.sequences());
    this.scenarioMlp =
        Dnn.units(ImmutableList.of(params.scenarioDim()))
            .build(
                dnn.child("scenario_mlp"), inputs.leadingWidth() + inputs.width(userGroup(inputs)));
    int expertInputDim = inputs.width(DNN) + sequences.width();
    ImmutableList.Builder<Dnn> experts = ImmutableList.builder();
    for (int i = 0; i < params.numExperts(); i++) {
      experts.add(view().build(dnn.child("expert_" + i + "_mlp"), expertInputDim));
    }
    this.expertMlps = experts.build();
    this.metaUnits = new M2mMetaUnits(params, dnn, params.scenarioDim());
    ImmutableList.Builder<Task> list = ImmutableList.builder();
    for (int i = 0; i < params.taskNames().size(); i++) {
      list.add(task(scope, dnn, i));
    }
    this.tasks = list.build();
  }

  private Task task(LayerScope scope, LayerScope dnn, int number) {
    String name = params.taskNames().get(number);
    int viewDim = params.viewDim();
    MetaTower.Options tower =
        new MetaTower.Options(
            params.metaTowerDepth(), params.activation(), params.dropout(), params.towerResidual());
    return new Task(
        new TaskEmbedding(scope.child("task_emb_" + number), viewDim),
        view().build(dnn.child(name + "_mlp"), viewDim),
        new MetaAttention(dnn.child("meta_attention_" + name), viewDim, params.attentionSoftmax()),
        tower.build(dnn.child("meta_tower_" + name), viewDim),
        new PredictLayer(scope.child(name).child("tower_logit"), viewDim, false));
  }

  private Dnn.Options view() {
    return Dnn.units(ImmutableList.of(params.viewDim()));
  }

  private static String userGroup(FeatureInputs inputs) {
    return inputs.width(USER) > 0 ? USER : DNN;
  }

  @Override
  public ImmutableMap<String, Operand<TFloat32>> call(Ops tf, FeatureInputs inputs) {
    Views views = views(tf, inputs);
    List<Operand<TFloat32>> towers =
        headsAtOnce()
            ? sharedHeads().call(tf, views.experts(), views.tasks(), views.scenario())
            : ownHeads(tf, views);
    ImmutableMap.Builder<String, Operand<TFloat32>> logits = ImmutableMap.builder();
    for (int i = 0; i < tasks.size(); i++) {
      Operand<TFloat32> logit = tasks.get(i).towerLogit().logit(tf, towers.get(i)); // [B, 1]
      logits.put(
          params.taskNames().get(i),
          params.linearLogits() ? tf.math.add(logit, inputs.linearLogits()) : logit);
    }
    return logits.buildOrThrow();
  }

  /** What each expert is multiplied by before the experts are added up, task by task. */
  @Override
  public ImmutableList<Gate> gates(Ops tf, FeatureInputs inputs) {
    return Gates.ofExperts(
        "attention",
        "What the scenario's attention multiplies each expert by for",
        params.attentionSoftmax() ? Gate.Kind.SHARE : Gate.Kind.WEIGHT,
        params.taskNames(),
        params.numExperts(),
        attention(tf, views(tf, inputs)));
  }

  /** For each task [B, n]. */
  private List<Operand<TFloat32>> attention(Ops tf, Views views) {
    if (headsAtOnce()) {
      Operand<TFloat32> ofTasks =
          sharedHeads().attention(tf, views.experts(), views.tasks(), views.scenario());
      return List.copyOf(
          tf.unstack(ofTasks, (long) tasks.size(), Unstack.axis(1L)).output()); // [B, T, n]
    }
    M2mMetaUnits.Generated units = metaUnits.generate(tf, views.scenario());
    List<Operand<TFloat32>> scores = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      MetaTower.Step step = units.attention(i);
      Operand<TFloat32> ofTask =
          tasks
              .get(i)
              .attention()
              .scores(tf, views.experts(), views.tasks().get(i), step.unit(), step.call());
      scores.add(tf.squeeze(ofTask, Squeeze.axis(List.of(2L)))); // [B, n, 1] → [B, n]
    }
    return scores;
  }

  /** Whether all tasks' heads are computed at once. */
  private boolean headsAtOnce() {
    return params.metaUnitShared() && !params.activation().hasVariables();
  }

  private SharedMetaHeads sharedHeads() {
    return new SharedMetaHeads(
        tasks.stream().map(Task::attention).toList(),
        tasks.stream().map(Task::tower).toList(),
        metaUnits.sharedAttention(),
        metaUnits.sharedTower());
  }

  /** One task after the other, [B, view_dim] each. */
  private List<Operand<TFloat32>> ownHeads(Ops tf, Views views) {
    M2mMetaUnits.Generated units = metaUnits.generate(tf, views.scenario());
    List<Operand<TFloat32>> towers = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      Task task = tasks.get(i);
      MetaTower.Step attention = units.attention(i);
      Operand<TFloat32> mixed =
          task.attention()
              .call(tf, views.experts(), views.tasks().get(i), attention.unit(), attention.call());
      towers.add(task.tower().call(tf, mixed, units.tower(i)));
    }
    return towers;
  }

  private Views views(Ops tf, FeatureInputs inputs) {
    Operand<TFloat32> scenario =
        tf.concat(
            List.of(inputs.leading(), inputs.group(userGroup(inputs))),
            tf.constant(-1)); // [B, domain + user]
    return new Views(
        scenarioMlp.call(tf, scenario), // [B, scenario_dim]
        expertViews(tf, inputs), // [B, n, view_dim]
        // The same for every row, and so computed once: [1, view_dim].
        tasks.stream().map(task -> task.mlp().call(tf, task.embedding().call(tf))).toList());
  }

  private Operand<TFloat32> expertViews(Ops tf, FeatureInputs inputs) {
    List<Operand<TFloat32>> parts = new ArrayList<>();
    parts.add(inputs.group(DNN));
    parts.addAll(sequences.call(tf));
    Operand<TFloat32> x = Shapes.concat(tf, parts, -1);
    return new Dnn.Group(expertMlps).call(tf, x); // [B, n, view_dim]
  }
}
