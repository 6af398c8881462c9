package io.scenerank.variable;

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
}
