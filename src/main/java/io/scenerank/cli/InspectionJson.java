package io.scenerank.cli;

import io.scenerank.config.ConfigMapper;
import io.scenerank.keras.Inspector.Inspection;
import io.scenerank.serve.Trust.RefusedOp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An inspection as one JSON object. */
final class InspectionJson {
  private final Inspection inspection;

  InspectionJson(Inspection inspection) {
    this.inspection = inspection;
  }

  String render() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("path", inspection.path().toString());
    json.put("kind", inspection.kind());
    json.put("model", inspection.model().orElse(null));
    json.put("versions", inspection.versions());
    json.put("optimizer", inspection.optimizer().map(InspectionJson::optimizer).orElse(null));
    json.put(
        "signatures", inspection.signatures().stream().map(InspectionJson::signature).toList());
    json.put("layers", inspection.layers().stream().map(InspectionJson::layer).toList());
    json.put("variables", inspection.variables().stream().map(InspectionJson::variable).toList());
    json.put("values", inspection.values());
    json.put("refused_ops", inspection.refused().stream().map(InspectionJson::refused).toList());
    return new ConfigMapper().toJson(json) + System.lineSeparator();
  }

  private static Map<String, Object> refused(RefusedOp refused) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("op", refused.op());
    json.put("effect", refused.effect());
    json.put("where", refused.where());
    return json;
  }

  private static Map<String, Object> optimizer(Inspection.OptimizerInfo optimizer) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("class_name", optimizer.name().orElse(null));
    json.put("step", optimizer.step().orElse(null));
    json.put("slots", optimizer.slots());
    return json;
  }

  private static Map<String, Object> signature(Inspection.Signature signature) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", signature.name());
    json.put("method", signature.method());
    json.put("inputs", specs(signature.inputs()));
    json.put("outputs", specs(signature.outputs()));
    return json;
  }

  private static List<Map<String, Object>> specs(List<Inspection.TensorSpec> specs) {
    return specs.stream().map(spec -> tensor(spec.name(), spec.dtype(), spec.shape())).toList();
  }

  private static Map<String, Object> tensor(String name, String dtype, List<Long> shape) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("dtype", dtype);
    json.put("shape", shape);
    return json;
  }

  private static Map<String, Object> layer(Inspection.LayerInfo layer) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", layer.name());
    json.put("class_name", layer.className());
    return json;
  }

  private static Map<String, Object> variable(Inspection.VariableInfo variable) {
    Map<String, Object> json = tensor(variable.path(), variable.dtype(), variable.shape());
    json.put("values", variable.values());
    return json;
  }
}
