package io.scenerank.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;

/** Reads MMoE. */
final class DefinitionMmoe implements DefinitionForm {
  @Override
  public String model() {
    return "mmoe";
  }

  @Override
  public boolean matches(DefinitionWiring wiring) {
    return wiring.has("WeightedSum");
  }

  @Override
  public void read(DefinitionWiring wiring, DefinitionColumns columns, ObjectNode params) {
    FunctionalLayer expert = wiring.need("expert_0", "Dnn");
    columns.group("mmoe", wiring.inputs(expert, 1).get(0));
    ImmutableList<DefinitionWiring.Output> outputs = wiring.outputs();
    DefinitionParams.tasks(
        params,
        outputs,
        output ->
            DefinitionParams.number(
                wiring.source(mixed(wiring, output).get(0)), "task_", "_softmax"));
    params.put("expert_nums", mixed(wiring, outputs.get(0)).size() - 1);
    DefinitionParams.list(params, "expert_dnn_units", wiring.fields(expert).widths("units"));
    DefinitionParams.list(
        params,
        "gate_dnn_units",
        wiring.fields(wiring.need("task_0_gates", "Dnn")).widths("units"));
    DefinitionParams.inner(
        params,
        "task_tower_dnn_units",
        wiring.fields(wiring.source(outputs.get(0).own())).widths("units"));
    params.put("dropout_rate", wiring.fields(expert).number("dropout_rate", 0));
  }

  /** What a task's mixture is of: the weights, then the experts. */
  private static ImmutableList<FunctionalTensor> mixed(
      DefinitionWiring wiring, DefinitionWiring.Output output) {
    return wiring.inputsOf(wiring.inputOf(output.own(), "Dnn"), "WeightedSum");
  }
}
