package io.scenerank.export.onnx;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Optional;

/** The forms of all ops that have one. */
final class OpForms {
  private final ImmutableMap<String, OpForm> forms;

  private OpForms(ImmutableMap<String, OpForm> forms) {
    this.forms = forms;
  }

  static OpForms all() {
    return new OpForms(
        ImmutableMap.<String, OpForm>builder()
            .putAll(ElementForms.all())
            .putAll(PairForms.all())
            .putAll(ShapeForms.all())
            .putAll(SliceForms.all())
            .putAll(ReductionForms.all())
            .putAll(GatherForms.all())
            .putAll(ProductForms.all())
            .putAll(LstmForm.all())
            .buildOrThrow());
  }

  /**
   * Writes an op.
   *
   * @throws io.scenerank.config.InvalidInputException naming the node and the op that has no form
   */
  List<String> write(OpCall call) {
    return Optional.ofNullable(forms.get(call.op()))
        .orElseThrow(() -> call.refuse("there is none of the op"))
        .write(call);
  }
}
