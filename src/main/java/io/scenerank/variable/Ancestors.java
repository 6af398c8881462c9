package io.scenerank.variable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;

/** The ops that a value of a graph is computed from, its own among them. */
public final class Ancestors {
  private static final String VARIABLE = "VarHandleOp";

  private final Map<String, GraphOperation> byName;

  private Ancestors(Map<String, GraphOperation> byName) {
    this.byName = byName;
  }

  /** Walks through the graph from a value back to where it begins. */
  public static Ancestors of(Operand<?> value) {
    Map<String, GraphOperation> found = new HashMap<>();
    Deque<GraphOperation> open = new ArrayDeque<>();
    open.add((GraphOperation) value.op());
    while (!open.isEmpty()) {
      GraphOperation op = open.remove();
      if (found.put(op.name(), op) == null) {
        for (Operand<?> input : op.inputs()) {
          open.add((GraphOperation) input.op());
        }
      }
    }
    return new Ancestors(found);
  }

  /** Whether the value is computed from another one, or is that one. */
  public boolean contains(Operand<?> other) {
    return byName.containsKey(other.op().name());
  }

  /** Whether a variable is among them, even if no gradient flows back to it. */
  public boolean includeVariables() {
    return byName.values().stream().anyMatch(op -> op.type().equals(VARIABLE));
  }
}
