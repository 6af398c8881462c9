package io.scenerank.layer.base;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;

/** What the ops of a graph are computed from. */
public final class Ancestors {
  private static final String VARIABLE = "VarHandleOp";

  private Ancestors() {}

  /** Whether a value is computed from a variable, even if no gradient flows back to it. */
  public static boolean includeVariables(Operand<?> value) {
    Set<String> seen = new HashSet<>();
    Deque<GraphOperation> open = new ArrayDeque<>();
    open.add((GraphOperation) value.asOutput().op());
    while (!open.isEmpty()) {
      GraphOperation op = open.remove();
      if (op.type().equals(VARIABLE)) {
        return true;
      }
      if (seen.add(op.name())) {
        for (Operand<?> input : op.inputs()) {
          open.add((GraphOperation) input.asOutput().op());
        }
      }
    }
    return false;
  }
}
