package io.scenerank.keras;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.model.ModelParams.Activation;
import java.util.List;

/** Reads the shared bottom. */
final class DefinitionSharedBottom implements DefinitionForm {
  private static final String BOTTOM = "shared_bottom";

  @Override
  public String model() {
    return "shared_bottom";
  }

  @Override
  public boolean matches(DefinitionWiring wiring) {
    return wiring.at(BOTTOM).isPresent();
  }

  @Override
  public void read(DefinitionWiring wiring, DefinitionColumns columns, ObjectNode params) {
    FunctionalLayer bottom = wiring.need(BOTTOM, "Dnn");
    ArrayNode groups = params.putArray("bottom_groups");
    for (FunctionalTensor group : groups(wiring, wiring.inputs(bottom, 1).get(0), columns)) {
      String name = groups.isEmpty() ? "dnn" : "dnn_" + groups.size();
      groups.add(name);
      columns.group(name, group);
    }
    FunctionalFields fields = wiring.fields(bottom);
    DefinitionParams.list(params, "bottom_dnn_units", fields.widths("units"));
    params.put("bottom_out_active", fields.flag("out_active", false));
    params.put("activation", wiring.activation(bottom, "activation", Activation.RELU));
    params.put("dropout_rate", fields.number("dropout_rate", 0));
    params.put("use_bn", fields.flag("use_bn", false));
    ImmutableList<DefinitionWiring.Output> outputs = wiring.outputs();
    DefinitionParams.inner(
        params,
        "task_tower_dnn_units",
        wiring.fields(wiring.source(outputs.get(0).own())).widths("units"));
    DefinitionParams.tasks(params, outputs, output -> 0);
    DefinitionParams.linear(params, outputs, columns);
  }

  /**
   * The groups side by side. A group of one column is that column itself, so columns alone are
   * taken as one group: the same network. They are groups of their own where one occurs twice.
   */
  private static List<FunctionalTensor> groups(
      DefinitionWiring wiring, FunctionalTensor input, DefinitionColumns columns) {
    List<FunctionalTensor> parts = wiring.parts(input);
    if (parts.stream().anyMatch(part -> wiring.isOf(part, "Concatenate"))) {
      return parts;
    }
    List<String> names = columns.named(input);
    return ImmutableSet.copyOf(names).size() == names.size() ? List.of(input) : parts;
  }
}
