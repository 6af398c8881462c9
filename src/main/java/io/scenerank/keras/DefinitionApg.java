package io.scenerank.keras;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.model.ModelParams.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads APG. */
final class DefinitionApg implements DefinitionForm {
  @Override
  public String model() {
    return "apg";
  }

  @Override
  public boolean matches(DefinitionWiring wiring) {
    return wiring.has("ApgLayer");
  }

  @Override
  public void read(DefinitionWiring wiring, DefinitionColumns columns, ObjectNode params) {
    FunctionalLayer first = wiring.need("apg_layer_0", "ApgLayer");
    columns.group("dnn", wiring.inputs(first, 2).get(0));
    List<Integer> units = new ArrayList<>();
    Optional<FunctionalLayer> layer = Optional.of(first);
    while (layer.isPresent()) {
      units.add(wiring.fields(layer.orElseThrow()).width("output_dim"));
      layer = wiring.at("apg_layer_" + units.size());
    }
    DefinitionParams.list(params, "apg_dnn_units", units);
    condition(wiring, units.size(), columns, params);
    options(wiring, first, params);
    params.put(
        "dropout", wiring.fields(wiring.need("dropout_layers/0", "Dropout")).number("rate", 0));
    ImmutableList<DefinitionWiring.Output> outputs = wiring.outputs();
    DefinitionParams.tasks(params, outputs, output -> 0);
    DefinitionParams.linear(params, outputs, columns);
  }

  private static void condition(
      DefinitionWiring wiring, int layers, DefinitionColumns columns, ObjectNode params) {
    // Of one dense column, the first layer's input and the scene may be one tensor.
    FunctionalLayer last = wiring.need("apg_layer_" + (layers - 1), "ApgLayer");
    FunctionalTensor x = wiring.inputs(last, 2).get(0);
    FunctionalTensor scene = wiring.inputs(last, 2).get(1);
    if (scene.equals(x)) {
      params.put("apg_strategy", "self");
    } else if (wiring.isOf(scene, "Concatenate")) {
      params.put("apg_strategy", "mix");
      ArrayNode names = params.putArray("apg_condition");
      columns.named(scene).forEach(names::add);
    } else {
      params.put("apg_strategy", "group");
      columns.group("domain", scene);
    }
  }

  private static void options(DefinitionWiring wiring, FunctionalLayer first, ObjectNode params) {
    FunctionalFields fields = wiring.fields(first);
    params.put("activation", wiring.activation(first, "activation", Activation.RELU));
    for (String key : List.of("generate_activation", "inner_activation")) {
      params.put(key, wiring.activation(first, key, Activation.LINEAR));
    }
    params.put("use_uv_shared", fields.flag("use_uv_shared", true));
    params.put("use_mf_p", fields.flag("use_mf_p", true));
    params.put("mf_k", fields.width("mf_k"));
    params.put("mf_p", fields.width("mf_p"));
    double l2Reg = fields.number("l2_reg", 0);
    params.put("l2_on_apg", l2Reg != 0);
    if (l2Reg != 0) {
      params.put("l2_reg", l2Reg);
    }
  }
}
