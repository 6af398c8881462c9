package io.scenerank.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.model.M2mParams.AttentionMasking;
import io.scenerank.model.ModelParams.Activation;
import java.util.List;
import java.util.Optional;

/** Reads M2M. */
final class DefinitionM2m implements DefinitionForm {
  private static final String POOLED = "GlobalAveragePooling1D";
  private static final String ATTENTION = "MultiHeadAttention";

  @Override
  public String model() {
    return "m2m";
  }

  @Override
  public boolean matches(DefinitionWiring wiring) {
    return wiring.has("MetaAttention") || wiring.has("MetaTower");
  }

  @Override
  public void read(DefinitionWiring wiring, DefinitionColumns columns, ObjectNode params) {
    FunctionalLayer scenario = wiring.need("dnn/scenario_mlp", "Dnn");
    FunctionalLayer expert = wiring.need("dnn/expert_0_mlp", "Dnn");
    ImmutableList<FunctionalTensor> prior =
        wiring.inputsOf(wiring.inputs(scenario, 1).get(0), "Concatenate");
    if (prior.size() != 2) {
      throw wiring.error(
          scenario, "expected a scenario's column and the user's group as its input");
    }
    columns.group("domain", prior.get(0));
    ImmutableList<String> dnn = expertInput(wiring, expert, columns, params);
    // The user's group falls back to the experts' where no column is in it.
    if (!columns.named(prior.get(1)).equals(dnn)) {
      columns.group("user", prior.get(1));
    }
    params.put("view_dim", wiring.fields(expert).widths("units").get(0));
    params.put("scenario_dim", wiring.fields(scenario).widths("units").get(0));
    params.put(
        "attention_masking",
        AttentionMasking.of(wiring.model().generation()) == AttentionMasking.KERAS2
            ? "keras2"
            : "keras3");
    ImmutableList<DefinitionWiring.Output> outputs = wiring.outputs();
    DefinitionParams.tasks(params, outputs, output -> number(wiring, output));
    units(wiring, outputs.get(0), params);
    DefinitionParams.linear(params, outputs, columns);
  }

  private static ImmutableList<String> expertInput(
      DefinitionWiring wiring,
      FunctionalLayer expert,
      DefinitionColumns columns,
      ObjectNode params) {
    FunctionalTensor x = wiring.inputs(expert, 1).get(0);
    ImmutableList<FunctionalTensor> parts = wiring.parts(x);
    boolean attended =
        parts.size() > 1 && parts.stream().anyMatch(part -> wiring.isOf(part, POOLED));
    FunctionalTensor dnn = attended ? parts.get(0) : x;
    columns.group("dnn", dnn);
    if (attended) {
      List<FunctionalTensor> pooled = parts.subList(1, parts.size());
      columns.sequences(pooled.stream().map(part -> sequence(wiring, part)).toList());
      positions(wiring, pooled.get(0), params);
    }
    return columns.named(dnn);
  }

  /** The attended sequence that a mean over steps is of. */
  private static DefinitionColumns.Sequence sequence(
      DefinitionWiring wiring, FunctionalTensor pooled) {
    FunctionalTensor steps = wiring.inputOf(pooled, POOLED);
    boolean masked = attention(wiring, steps).named().containsKey("attention_mask");
    return new DefinitionColumns.Sequence(joined(wiring, steps).get(0), masked);
  }

  private static FunctionalCall attention(DefinitionWiring wiring, FunctionalTensor steps) {
    wiring.inputsOf(steps, ATTENTION);
    return wiring.source(steps).calls().get(steps.node());
  }

  /** A sequence's embeddings and positions. */
  private static ImmutableList<FunctionalTensor> joined(
      DefinitionWiring wiring, FunctionalTensor steps) {
    FunctionalTensor x = wiring.inputsOf(steps, ATTENTION).get(0);
    ImmutableList<FunctionalTensor> parts =
        wiring.isOf(x, "Add") ? wiring.inputsOf(x, "Add") : wiring.inputsOf(x, "Concatenate");
    if (parts.size() != 2) {
      throw wiring.error(wiring.source(x), "expected a sequence and its positions as its inputs");
    }
    return parts;
  }

  private static void positions(
      DefinitionWiring wiring, FunctionalTensor pooled, ObjectNode params) {
    FunctionalTensor steps = wiring.inputOf(pooled, POOLED);
    FunctionalTensor x = wiring.inputsOf(steps, ATTENTION).get(0);
    params.put("positon_agg_func", wiring.isOf(x, "Add") ? "sum" : "concat");
    FunctionalTensor positions = joined(wiring, steps).get(1);
    wiring.inputOf(positions, "PositionEncodingLayer");
    FunctionalFields fields = wiring.fields(wiring.source(positions));
    params.put("pos_emb_trainable", fields.flag("trainable", true));
    fields
        .optionalText("initializer")
        .ifPresent(
            initializer -> params.put("pos_initializer", FunctionalFields.shown(initializer)));
  }

  /** Units and towers are alike for all tasks; these are of one. */
  private static void units(
      DefinitionWiring wiring, DefinitionWiring.Output output, ObjectNode params) {
    FunctionalLayer attention = wiring.source(mixed(wiring, output));
    FunctionalLayer tower = wiring.source(tower(wiring, output));
    FunctionalFields fields = wiring.fields(attention);
    params.put("num_experts", wiring.parts(wiring.inputs(attention, 3).get(0)).size());
    params.put("meta_unit_depth", fields.depth("num_layer"));
    params.put("meta_unit_shared", fields.has("meta_unit"));
    params.put("activation", wiring.activation(attention, "activation", Activation.LEAKY_RELU));
    params.put("dropout", fields.number("dropout", 0));
    params.put("l2_reg", fields.number("l2_reg", 0));
    params.put("attention_softmax", fields.flag("attention_softmax", false));
    params.put("meta_tower_depth", wiring.fields(tower).depth("num_layer"));
    params.put("tower_residual", wiring.fields(tower).flag("tower_residual", false));
  }

  private static FunctionalTensor tower(DefinitionWiring wiring, DefinitionWiring.Output output) {
    return wiring.inputOf(output.own(), "PredictLayer");
  }

  private static FunctionalTensor mixed(DefinitionWiring wiring, DefinitionWiring.Output output) {
    return wiring.inputsOf(tower(wiring, output), "MetaTower").get(0);
  }

  /** Number of a task: that of its embedding. */
  private static int number(DefinitionWiring wiring, DefinitionWiring.Output output) {
    ImmutableList<FunctionalTensor> inputs =
        wiring.inputsOf(mixed(wiring, output), "MetaAttention");
    Optional<FunctionalTensor> view = inputs.stream().skip(1).findFirst();
    return view.filter(tensor -> wiring.isOf(tensor, "Dnn"))
        .map(tensor -> wiring.source(wiring.inputOf(tensor, "Dnn")))
        .map(layer -> DefinitionParams.number(layer, "task_emb_", ""))
        .orElse(Integer.MAX_VALUE);
  }
}
