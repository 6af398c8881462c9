package io.scenerank.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.layer.Activation;
import io.scenerank.layer.MultiHeadAttention;
import io.scenerank.layer.PositionEncodingLayer.PositionInitializer;
import io.scenerank.model.M2mParams;
import io.scenerank.model.M2mParams.PositionAggregation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** M2M in Keras. */
final class KerasM2mGraph implements KerasModelGraph<M2mParams> {
  @Override
  public String name() {
    return "m2m";
  }

  @Override
  public ImmutableMap<String, FunctionalTensor> outputs(
      FunctionalBuilder builder, FunctionalInputs inputs, M2mParams params, int generation) {
    FunctionalTensor domain = inputs.firstOfGroup(params.domainGroupName()); // [B, d]
    FunctionalTensor user = inputs.group(inputs.has("user") ? "user" : "dnn");
    FunctionalTensor scenario =
        dnn(builder, "dnn/scenario_mlp", params.scenarioDim(), 0f)
            .call(builder.concatenate(List.of(domain, user), -1)); // [B, scenario_dim]
    FunctionalTensor experts = experts(builder, inputs, params, generation); // [B, n, view_dim]
    Optional<FunctionalTensor> linear = inputs.linearLogits(params.linearLogits()); // [B, 1]
    ImmutableMap.Builder<String, FunctionalTensor> outputs = ImmutableMap.builder();
    for (int i = 0; i < params.taskNames().size(); i++) {
      String task = params.taskNames().get(i);
      FunctionalTensor emb =
          builder
              .layer(
                  "task_emb_" + i,
                  "TaskEmbedding",
                  FunctionalConfigs.layer().put("output_dim", params.viewDim()).build())
              .call(scenario);
      FunctionalTensor view =
          dnn(builder, "dnn/" + task + "_mlp", params.viewDim(), 0f).call(emb); // [B, view_dim]
      FunctionalTensor mixed =
          builder
              .layer("dnn/meta_attention_" + task, "MetaAttention", attention(params, generation))
              .callOn(experts, view, scenario); // [B, view_dim]
      FunctionalTensor tower =
          builder
              .layer("dnn/meta_tower_" + task, "MetaTower", tower(params, generation))
              .callOn(mixed, scenario); // [B, view_dim]
      FunctionalTensor own =
          builder
              .layer(task + "/tower_logit", "PredictLayer", FunctionalConfigs.predict(true))
              .call(tower); // [B, 1]
      FunctionalTensor logit = builder.add(own, linear);
      outputs.put(task, builder.probability("task_" + task + "_output", logit));
    }
    return outputs.buildOrThrow();
  }

  private static FunctionalTensor experts(
      FunctionalBuilder builder, FunctionalInputs inputs, M2mParams params, int generation) {
    List<FunctionalTensor> parts = new ArrayList<>();
    parts.add(inputs.group("dnn"));
    ImmutableList<FunctionalInputs.Sequence> sequences = inputs.sequences();
    for (int place = 0; place < sequences.size(); place++) {
      requireMasking(sequences.get(place).column(), params, generation);
      parts.add(attended(builder, sequences.get(place), params, place == 0 ? "" : "_" + place));
    }
    FunctionalTensor x = builder.concatenate(parts, -1);
    FunctionalBuilder.Layer row =
        builder.layer(
            "Reshape",
            FunctionalConfigs.layer()
                .put("target_shape", ImmutableList.of(1, params.viewDim()))
                .build());
    List<FunctionalTensor> views = new ArrayList<>();
    for (int i = 0; i < params.numExperts(); i++) {
      String path = "dnn/expert_" + i + "_mlp";
      views.add(row.call(dnn(builder, path, params.viewDim(), params.dropout()).call(x)));
    }
    return builder.concatenate(views, 1);
  }

  /** The mean of a sequence's attended steps, [B, 2 D] or [B, D]. */
  private static FunctionalTensor attended(
      FunctionalBuilder builder,
      FunctionalInputs.Sequence sequence,
      M2mParams params,
      String suffix) {
    FeatureColumn column = sequence.column();
    FunctionalTensor positions =
        builder
            .layer(
                "position_encoding_layer" + suffix,
                "PositionEncodingLayer",
                positions(column, params))
            .call(sequence.embeddings()); // [B, L, D]
    List<FunctionalTensor> parts = List.of(sequence.embeddings(), positions);
    FunctionalTensor x =
        params.positonAggFunc() == PositionAggregation.CONCAT
            ? builder.concatenate(parts, -1) // [B, L, 2 D]
            : builder.add(parts); // [B, L, D]
    FunctionalCall call = FunctionalCall.of(x, x);
    if (column.maskZero()) {
      FunctionalTensor mask =
          builder.layer("AttentionMask", FunctionalConfigs.plain()).call(sequence.ids());
      call = call.with("attention_mask", mask);
    }
    FunctionalTensor steps =
        builder
            .layer(
                "multi_head_attention" + suffix,
                "MultiHeadAttention",
                FunctionalConfigs.multiHeadAttention())
            .call(call);
    return builder
        .layer("GlobalAveragePooling1D", FunctionalConfigs.globalAveragePooling())
        .call(steps);
  }

  /** A generation of Keras masks as it does, which matters where a sequence is masked. */
  private static void requireMasking(FeatureColumn column, M2mParams params, int generation) {
    if (column.maskZero() && params.attentionMasking() != masking(generation)) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "model 'm2m': attention_masking is %s, but Keras %d masks the sequence '%s'"
                  + " differently; expected %s",
              name(params.attentionMasking()),
              generation,
              column.name(),
              name(masking(generation))));
    }
  }

  /** How a generation masks attention. */
  static MultiHeadAttention.Masking masking(int generation) {
    return generation == 2 ? MultiHeadAttention.Masking.KERAS2 : MultiHeadAttention.Masking.KERAS3;
  }

  private static String name(MultiHeadAttention.Masking masking) {
    return masking == MultiHeadAttention.Masking.KERAS2 ? "keras2" : "keras3";
  }

  private static FunctionalBuilder.Layer dnn(
      FunctionalBuilder builder, String path, int width, float dropout) {
    return builder.layer(
        path,
        "Dnn",
        FunctionalConfigs.dnn(ImmutableList.of(width), dropout, Activation.RELU, false, false));
  }

  private static ObjectNode positions(FeatureColumn column, M2mParams params) {
    boolean computed = params.posInitializer() == PositionInitializer.SINUSOIDAL;
    return FunctionalConfigs.layer(params.posEmbTrainable())
        .put("dims", column.embDim())
        .put("max_len", column.maxLen())
        .put("initializer", computed ? "sinusoidal" : "glorot_uniform")
        .build();
  }

  private static ObjectNode attention(M2mParams params, int generation) {
    List<Integer> x = List.of(params.numExperts(), 2 * params.viewDim());
    return units(params, generation, "dnn/attention_shared_meta_unit", x, params.metaUnitDepth())
        .put("attention_softmax", params.attentionSoftmax())
        .build();
  }

  private static ObjectNode tower(M2mParams params, int generation) {
    List<Integer> x = List.of(params.viewDim());
    return units(params, generation, "dnn/tower_shared_meta_unit", x, params.metaTowerDepth())
        .put("meta_unit_depth", params.metaUnitDepth())
        .put("tower_residual", params.towerResidual())
        .build();
  }

  /**
   * @param x shape of what the unit reads, without the batch
   */
  private static FunctionalConfigs.Config units(
      M2mParams params, int generation, String sharedPath, List<Integer> x, int depth) {
    FunctionalConfigs.Config config = FunctionalConfigs.layer();
    if (params.metaUnitShared()) {
      config.put(
          "meta_unit",
          FunctionalConfigs.shared(
              "MetaUnit",
              FunctionalLayer.name(sharedPath, generation),
              unit(FunctionalConfigs.layer(), params, params.metaUnitDepth()).build(),
              List.of(x, List.of(params.scenarioDim()))));
    } else {
      config.none("meta_unit");
    }
    return unit(config, params, depth);
  }

  private static FunctionalConfigs.Config unit(
      FunctionalConfigs.Config config, M2mParams params, int depth) {
    return config
        .put("num_layer", depth)
        .put("activation", params.activation())
        .put("dropout", params.dropout())
        .put("l2_reg", params.l2Reg());
  }
}
