package io.scenerank.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.DefaultGroups.Role;
import io.scenerank.layer.ModelBuilder;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.model.Observations.Gate;
import java.util.List;
import java.util.Optional;

/**
 * Adaptive parameter generation: a network whose layers' weights are generated from the scene, from
 * chosen columns, or from the layer's own input.
 *
 * <p>Groups: {@code dnn} (the network's input), the scene group, {@code linear} with linear logits.
 * Source: APG (Yan et al., 2022), "Adaptive parameter generation".
 */
final class Apg {
  /** The registry's entry. */
  static final ModelType<ApgParams> TYPE =
      ModelType.of("apg", ApgParams.class, ApgParams::defaults, Apg::outputs)
          .withPace(ModelType.Pace.USUAL.learningRate(0.002f))
          .withWork(ApgWork::of)
          .withOriginal(OriginalParams::withoutSceneWidth)
          .withGates(Apg::gates)
          .withGroups(
              DefaultGroups.NONE
                  .with("domain", Role.SCENARIO)
                  .with("dnn", Role.USER, Role.ITEM, Role.SPARSE, Role.OTHER)
                  .with("linear", Role.USER, Role.ITEM, Role.SPARSE));

  static final String DNN = "dnn";

  private Apg() {}

  private static ImmutableMap<String, TensorRef> outputs(
      ModelBuilder model, ModelColumns columns, ApgParams params) {
    TensorRef x = columns.group(DNN); // [B, E]
    int width = columns.width(DNN);
    Optional<TensorRef> condition =
        switch (params.apgStrategy()) {
          case GROUP -> Optional.of(columns.firstOfGroup(params.sceneGroupName()));
          case MIX -> Optional.of(columns.named(params.apgCondition()));
          case SELF -> Optional.empty();
        }; // [B, s]
    for (int i = 0; i < params.apgDnnUnits().size(); i++) {
      x =
          model
              .layer(
                  path(i),
                  "ApgLayer",
                  config(params, i, width, sceneWidth(columns, params, width)),
                  3)
              .callOn(x, condition.orElse(x)); // [B, units[i]]
      x =
          model
              .layer("dropout_layers/" + i, "Dropout", LayerArguments.dropout(params.dropout()), 3)
              .call(x);
      width = params.apgDnnUnits().get(i);
    }
    Optional<TensorRef> linear = columns.linearLogits(params.linearLogits()); // [B, 1]
    ImmutableMap.Builder<String, TensorRef> outputs = ImmutableMap.builder();
    for (String task : params.taskNames()) {
      TensorRef logit = model.add(TaskHeads.logit(model, task, x), linear); // [B, 1]
      outputs.put(task, TaskHeads.score(model, columns, task, task, logit));
    }
    return outputs.buildOrThrow();
  }

  private static String path(int layer) {
    return "apg_layer_" + layer;
  }

  private static int sceneWidth(ModelColumns columns, ApgParams params, int inputWidth) {
    return switch (params.apgStrategy()) {
      case GROUP -> columns.firstWidth(params.sceneGroupName());
      case MIX -> columns.namedWidth(params.apgCondition());
      case SELF -> inputWidth;
    };
  }

  private static ObjectNode config(ApgParams params, int layer, int inputDim, int sceneDim) {
    return LayerArguments.layer()
        .put("input_dim", inputDim)
        .put("output_dim", params.apgDnnUnits().get(layer))
        .put("scene_emb_dim", sceneDim)
        .put("activation", params.activation())
        .putOptional("generate_activation", params.generateActivation())
        .putOptional("inner_activation", params.innerActivation())
        .put("use_uv_shared", params.useUvShared())
        .put("mf_k", params.mfK())
        .put("use_mf_p", params.useMfP())
        .put("mf_p", params.mfP())
        .put("l2_reg", params.l2OnApg() ? params.l2Reg() : 0f)
        .build();
  }

  /** How large the generated weights of each layer are: what the condition makes of them. */
  private static ImmutableList<Gate> gates(
      Observations observed, ModelColumns columns, ApgParams params) {
    ImmutableList.Builder<Gate> gates = ImmutableList.builder();
    for (int i = 0; i < params.apgDnnUnits().size(); i++) {
      String path = path(i);
      List<String> names = observed.names(path);
      gates.add(
          new Gate(
              path,
              "How large the weights are that layer " + i + " generates from its condition",
              Gate.Kind.SIZE,
              ImmutableList.copyOf(names),
              observed.sideBySide(
                  names.stream().map(name -> path + "/" + name).toList()))); // [B, k]
    }
    return gates.build();
  }
}
