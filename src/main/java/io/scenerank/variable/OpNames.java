package io.scenerank.variable;

import java.util.Locale;

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
}
