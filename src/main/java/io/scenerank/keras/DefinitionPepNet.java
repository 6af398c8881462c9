package io.scenerank.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.model.ModelParams.Activation;

/** Reads PEPNet. */
final class DefinitionPepNet implements DefinitionForm {
  @Override
  public String model() {
    return "pepnet";
  }

  @Override
  public boolean matches(DefinitionWiring wiring) {
    return wiring.has("PpNet") || wiring.has("EpNet");
  }

  @Override
  public void read(DefinitionWiring wiring, DefinitionColumns columns, ObjectNode params) {
    FunctionalLayer epNet = wiring.need("dnn/epnet", "EpNet");
    FunctionalLayer ppNet = wiring.need("dnn/ppnet", "PpNet");
    columns.group("epnet", wiring.inputs(epNet, 2).get(0));
    columns.group("dnn", wiring.inputs(epNet, 2).get(1));
    columns.group("pepnet", wiring.inputs(ppNet, 2).get(1));
    FunctionalFields fields = wiring.fields(ppNet);
    DefinitionParams.list(params, "pepnet_dnn_units", fields.widths("hidden_units"));
    params.put("pepnet_activation", wiring.activation(ppNet, "activation", Activation.RELU));
    params.put("pepnet_dropout", fields.number("dropout", 0));
    params.put("l2_reg", fields.number("l2_reg", 0));
    ImmutableList<DefinitionWiring.Output> outputs = wiring.outputs();
    DefinitionParams.tasks(params, outputs, output -> tower(wiring, output.own()));
    DefinitionParams.linear(params, outputs, columns);
  }

  /** Number of the tower that a task's logit is of. */
  private static int tower(DefinitionWiring wiring, FunctionalTensor own) {
    return (wiring.isOf(own, "Dense") ? wiring.inputOf(own, "Dense") : own).tensor();
  }
}
