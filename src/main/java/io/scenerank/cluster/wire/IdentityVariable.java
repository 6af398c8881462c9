package io.scenerank.cluster.wire;

import io.scenerank.cluster.ClusterSpec.TaskId;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TString;

/** The variable on a task's CPU that holds its {@link TaskProcess.Identity} as text. */
final class IdentityVariable {
  private static final String SHARED_NAME = "scenerank/identity";

  private final TaskId task;

  IdentityVariable(TaskId task) {
    this.task = task;
  }

  /** Writes the text when it runs. */
  Op assign(Ops tf, Operand<TString> text) {
    Ops onTask = task.onCpu(tf);
    return onTask.assignVariableOp(variable(onTask), text);
  }

  /** The text, scalar. Reading it fails as long as the task has written none. */
  Operand<TString> read(Ops tf) {
    Ops onTask = task.onCpu(tf);
    return onTask.readVariableOp(variable(onTask), TString.class);
  }

  private static VarHandleOp variable(Ops onTask) {
    return onTask.varHandleOp(TString.class, Shape.scalar(), VarHandleOp.sharedName(SHARED_NAME));
  }
}
