package io.scenerank.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.Optional;

/**
 * Multi-scenario, multi-task meta learning: experts are mixed for each task, and the mix is turned
 * into a score, by layers whose weights are generated from the scenario.
 *
 * <p>Groups: {@code dnn} (the experts' input), the domain group (the scenario), {@code user} (joins
 * the scenario; {@code dnn} is taken where no column is in it), sequences with the combiner {@code
 * mha}, {@code linear} with linear logits. Source: M2M (Zhang et al., 2022).
 */
final class M2m {
  /** The registry's entry. */
  static final ModelType<M2mParams> TYPE =
      ModelType.of("m2m", M2mParams.class, M2mParams::defaults, M2m::outputs)
          .withPace(new ModelType.Pace(4, 128, 0.001f))
          .withWork(M2mWork::of)
          .withGates(M2m::gates)
          .withGroups(
              DefaultGroups.NONE
                  .with("domain", Role.SCENARIO)
                  .with("dnn", Role.USER, Role.ITEM, Role.SPARSE, Role.OTHER)
                  .with("user", Role.USER)
                  .with("linear", Role.USER, Role.ITEM, Role.SPARSE));

  static final String DNN = "dnn";
  static final String USER = "user";

  private final ModelBuilder model;
  private final ModelColumns columns;
  private final M2mParams params;

  private M2m(ModelBuilder model, ModelColumns columns, M2mParams params) {
    this.model = model;
    this.columns = columns;
    this.params = params;
  }

  private static ImmutableMap<String, TensorRef> outputs(
      ModelBuilder model, ModelColumns columns, M2mParams params) {
    return new M2m(model, columns, params).outputs();
  }

  private ImmutableMap<String, TensorRef> outputs() {
    TensorRef domain = columns.firstOfGroup(params.domainGroupName()); // [B, d]
    TensorRef user = columns.group(columns.has(USER) ? USER : DNN);
    TensorRef scenario =
        dnn("dnn/scenario_mlp", params.scenarioDim(), 0f)
            .call(model.concatenate(List.of(domain, user), -1)); // [B, scenario_dim]
    TensorRef experts = experts(); // [B, n, view_dim]
    Optional<TensorRef> linear = columns.linearLogits(params.linearLogits()); // [B, 1]
    ImmutableMap.Builder<String, TensorRef> outputs = ImmutableMap.builder();
    for (int i = 0; i < params.taskNames().size(); i++) {
      String task = params.taskNames().get(i);
      TensorRef logit = model.add(head(i, task, experts, scenario), linear);
      outputs.put(task, TaskHeads.score(model, columns, task, "task_" + task + "_output", logit));
    }
    return outputs.buildOrThrow();
  }

  /** The logit [B, 1] of a task. */
  private TensorRef head(int number, String task, TensorRef experts, TensorRef scenario) {
    TensorRef emb =
        model
            .layer(
                "task_emb_" + number,
                "TaskEmbedding",
                LayerArguments.layer().put("output_dim", params.viewDim()).build(),
                3)
            .call(scenario);
    TensorRef view = dnn("dnn/" + task + "_mlp", params.viewDim(), 0f).call(emb); // [B, view_dim]
    TensorRef mixed =
        model
            .layer(attentionPath(task), "MetaAttention", attention(), 3)
            .callOn(experts, view, scenario); // [B, view_dim]
    TensorRef tower =
        model
            .layer("dnn/meta_tower_" + task, "MetaTower", tower(), 3)
            .callOn(mixed, scenario); // [B, view_dim]
    return model
        .layer(task + "/tower_logit", "PredictLayer", LayerArguments.logit(), 3)
        .call(tower); // [B, 1]
  }

  private static String attentionPath(String task) {
    return "dnn/meta_attention_" + task;
  }

  private TensorRef experts() {
    List<TensorRef> parts = new ArrayList<>();
    parts.add(columns.group(DNN));
    parts.addAll(new M2mSequences(model, params).call(columns.sequences()));
    TensorRef x = model.concatenate(parts, -1);
    ModelBuilder.CallableLayer row =
        model.layer("Reshape", LayerArguments.reshape(1, params.viewDim()));
    List<TensorRef> views = new ArrayList<>();
    for (int i = 0; i < params.numExperts(); i++) {
      String path = "dnn/expert_" + i + "_mlp";
      views.add(row.call(dnn(path, params.viewDim(), params.dropout()).call(x)));
    }
    return model.concatenate(views, 1);
  }

  private ModelBuilder.CallableLayer dnn(String path, int width, float dropout) {
    return model.layer(
        path,
        "Dnn",
        LayerArguments.dnn(ImmutableList.of(width), dropout, Activation.RELU, false, false),
        3);
  }

  private ObjectNode attention() {
    List<Integer> x = List.of(params.numExperts(), 2 * params.viewDim());
    return units("dnn/attention_shared_meta_unit", x, params.metaUnitDepth())
        .put("attention_softmax", params.attentionSoftmax())
        .build();
  }

  private ObjectNode tower() {
    List<Integer> x = List.of(params.viewDim());
    return units("dnn/tower_shared_meta_unit", x, params.metaTowerDepth())
        .put("meta_unit_depth", params.metaUnitDepth())
        .put("tower_residual", params.towerResidual())
        .build();
  }

  /**
   * @param x shape of what the unit reads, without the batch
   */
  private LayerArguments.Config units(String sharedPath, List<Integer> x, int depth) {
    LayerArguments.Config config = LayerArguments.layer();
    if (params.metaUnitShared()) {
      config.put(
          "meta_unit",
          LayerArguments.shared(
              "MetaUnit",
              sharedPath,
              unit(LayerArguments.layer(), params.metaUnitDepth()).build(),
              List.of(x, List.of(params.scenarioDim()))));
    } else {
      config.none("meta_unit");
    }
    return unit(config, depth);
  }

  private LayerArguments.Config unit(LayerArguments.Config config, int depth) {
    return config
        .put("num_layer", depth)
        .put("activation", params.activation())
        .put("dropout", params.dropout())
        .put("l2_reg", params.l2Reg());
  }

  /** What each expert is multiplied by before the experts are added up, task by task. */
  private static ImmutableList<Gate> gates(
      Observations observed, ModelColumns columns, M2mParams params) {
    return ExpertGates.of(
        "attention",
        "What the scenario's attention multiplies each expert by for",
        params.attentionSoftmax() ? Gate.Kind.SHARE : Gate.Kind.WEIGHT,
        params.taskNames(),
        params.numExperts(),
        task -> observed.get(attentionPath(params.taskNames().get(task)) + "/scores"));
  }
}
