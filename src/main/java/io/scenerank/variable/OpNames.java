package io.scenerank.variable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;

/**
 * Names of ops. TensorFlow takes ASCII alone; features, tasks and paths may be anything, and keep
 * their own names where a name is free: in signatures, shared names and checkpoints.
 */
public final class OpNames {
  private OpNames() {}

  /** The name with every character that TensorFlow does not take replaced; slashes stay. */
  public static String ascii(String name) {
    String ascii = name.replaceAll("[^A-Za-z0-9_./\\-]", "_");
    return ascii.matches("[A-Za-z0-9.].*") ? ascii : "v" + ascii;
  }

  /** The op in what another lists as its input: {@code name}, {@code name:1}, {@code ^name}. */
  public static String ofInput(String input) {
    String name = isControl(input) ? input.substring(1) : input;
    int colon = name.lastIndexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  /** Whether an input is waited for and not read: {@code ^name}. */
  public static boolean isControl(String input) {
    return input.startsWith("^");
  }

  /**
   * Checks that a graph can be built. TensorFlow takes no other digits than 0 to 9 in names, and
   * says of {@code Const_١} only that it has invalid characters.
   *
   * @throws IllegalStateException if the default locale has other digits, as that of Egypt
   */
  public static void requireAsciiDigits() {
    Locale locale = Locale.getDefault(Locale.Category.FORMAT);
    if (!String.format(locale, "%d", 1).equals("1")) {
      throw new IllegalStateException(
          "TensorFlow Java numbers its ops with the digits of the default locale, "
              + locale.toLanguageTag()
              + ", and no graph can be built with them; call"
              + " Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT), or start Java with"
              + " -Duser.language.format=en");
    }
  }

  /** The ops that a value of a graph is computed from, its own among them. */
  public static final class Ancestors {
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
}
