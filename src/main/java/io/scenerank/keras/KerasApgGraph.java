package io.scenerank.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import io.scenerank.model.ApgParams;
import java.util.Optional;

/** APG in Keras. */
final class KerasApgGraph implements KerasModelGraph<ApgParams> {
  @Override
  public String name() {
    return "apg";
  }

  @Override
  public ImmutableMap<String, FunctionalTensor> outputs(
      FunctionalBuilder builder, FunctionalInputs inputs, ApgParams params, int generation) {
    FunctionalTensor x = inputs.group("dnn"); // [B, E]
    Optional<FunctionalTensor> condition =
        switch (params.apgStrategy()) {
          case GROUP -> Optional.of(inputs.firstOfGroup(params.sceneGroupName()));
          case MIX -> Optional.of(inputs.named(params.apgCondition()));
          case SELF -> Optional.empty();
        }; // [B, s]
    for (int i = 0; i < params.apgDnnUnits().size(); i++) {
      FunctionalTensor scene = condition.orElse(x);
      x =
          builder
              .layer(
                  "apg_layer_" + i,
                  "ApgLayer",
                  config(params, i, builder.width(x), builder.width(scene)))
              .callOn(x, scene); // [B, units[i]]
      x =
          builder
              .layer("dropout_layers/" + i, "Dropout", FunctionalConfigs.dropout(params.dropout()))
              .call(x);
    }
    Optional<FunctionalTensor> linear = inputs.linearLogits(params.linearLogits()); // [B, 1]
    ImmutableMap.Builder<String, FunctionalTensor> outputs = ImmutableMap.builder();
    for (String task : params.taskNames()) {
      FunctionalTensor own =
          builder
              .layer(
                  "task_" + task + "_logit", "Dense", FunctionalConfigs.dense(1, false, "linear"))
              .call(x); // [B, 1]
      FunctionalTensor logit = builder.add(own, linear);
      outputs.put(task, builder.probability(task, logit));
    }
    return outputs.buildOrThrow();
  }

  private static ObjectNode config(ApgParams params, int layer, int inputDim, int sceneDim) {
    return FunctionalConfigs.layer()
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
}
