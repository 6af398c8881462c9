package io.scenerank.export.onnx;

import java.util.List;

/** What an op of TensorFlow is in ONNX. */
@FunctionalInterface
interface OpForm {
  /**
   * Adds the nodes.
   *
   * @return the names of the results, as many as the op has; those that nothing reads may be left
   *     out at the end
   */
  List<String> write(OpCall call);

  /** A form with one result. */
  interface OfOne {
    String write(OpCall call);
  }

  static OpForm one(OfOne form) {
    return call -> List.of(form.write(call));
  }
}
