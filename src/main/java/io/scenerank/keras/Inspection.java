package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.serve.RefusedOp;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is inside an artefact.
 *
 * @param path the file or folder
 * @param kind what it is, as in ".keras of Keras 3"
 * @param model name of the model, where the artefact says so
 * @param versions version by program, of those that made it and say so
 * @param signatures of a SavedModel
 * @param layers of a functional Keras model, in its order
 * @param variables the model's variables
 * @param optimizer how the model was trained, where the artefact says so
 * @param refused the ops for which a SavedModel is refused unless it is trusted
 */
public record Inspection(
    Path path,
    String kind,
    Optional<String> model,
    ImmutableMap<String, String> versions,
    ImmutableList<Signature> signatures,
    ImmutableList<LayerInfo> layers,
    ImmutableList<VariableInfo> variables,
    Optional<OptimizerInfo> optimizer,
    ImmutableList<RefusedOp> refused) {

  /**
   * A way to call a SavedModel.
   *
   * @param method what TensorFlow Serving does with it
   */
  public record Signature(
      String name,
      String method,
      ImmutableList<TensorSpec> inputs,
      ImmutableList<TensorSpec> outputs) {}

  /**
   * An input or an output.
   *
   * @param shape -1 for any size
   */
  public record TensorSpec(String name, String dtype, ImmutableList<Long> shape) {}

  /** A layer of a functional model. */
  public record LayerInfo(String name, String className) {}

  /**
   * A variable.
   *
   * @param path under what the artefact has it
   * @param dtype as numpy calls it
   */
  public record VariableInfo(String path, String dtype, ImmutableList<Long> shape) {
    /** Number of its values. */
    public long values() {
      return shape.stream().reduce(1L, (left, right) -> left * right);
    }
  }

  /**
   * An optimizer.
   *
   * @param name its class, where the artefact says so
   * @param step finished steps, where the artefact says so
   * @param slots number of its variables of the size of the model's
   */
  public record OptimizerInfo(Optional<String> name, Optional<Long> step, int slots) {}

  /** Number of all variables' values. */
  public long values() {
    return variables.stream().mapToLong(VariableInfo::values).sum();
  }
}
