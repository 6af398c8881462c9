package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.model.PepNetParams;
import java.util.Optional;

/** PEPNet in Keras. */
final class KerasPepNetGraph implements KerasModelGraph<PepNetParams> {
  @Override
  public String name() {
    return "pepnet";
  }

  @Override
  public ImmutableMap<String, FunctionalTensor> outputs(
      FunctionalBuilder builder, FunctionalInputs inputs, PepNetParams params, int generation) {
    FunctionalTensor domain = inputs.group("epnet"); // [B, d]
    FunctionalTensor emb = inputs.group("dnn"); // [B, E]
    FunctionalTensor persona = inputs.group("pepnet"); // [B, p]
    FunctionalTensor scaled =
        builder
            .layer(
                "dnn/epnet",
                "EpNet",
                FunctionalConfigs.layer().put("l2_reg", params.l2Reg()).build())
            .callOn(domain, emb); // [B, E]
    ImmutableList<FunctionalTensor> towers =
        builder
            .layer(
                "dnn/ppnet",
                "PpNet",
                FunctionalConfigs.layer()
                    .put("multiples", params.taskNames().size())
                    .put("hidden_units", params.pepnetDnnUnits())
                    .put("activation", params.pepnetActivation())
                    .put("dropout", params.pepnetDropout())
                    .put("l2_reg", params.l2Reg())
                    .build())
            .several(params.taskNames().size(), scaled, persona); // T times [B, u]
    Optional<FunctionalTensor> linear = inputs.linearLogits(params.linearLogits()); // [B, 1]
    ImmutableMap.Builder<String, FunctionalTensor> outputs = ImmutableMap.builder();
    for (int i = 0; i < towers.size(); i++) {
      String task = params.taskNames().get(i);
      FunctionalTensor logit = towers.get(i);
      if (linear.isPresent()) {
        FunctionalTensor own =
            builder
                .layer(
                    "task_" + task + "_logit", "Dense", FunctionalConfigs.dense(1, false, "linear"))
                .call(logit);
        logit = builder.add(own, linear); // [B, 1]
      }
      outputs.put(task, builder.probability(task, logit));
    }
    return outputs.buildOrThrow();
  }
}
