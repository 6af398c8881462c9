package io.scenerank.variable;

import java.util.Locale;

/** The numbers in names of ops, which TensorFlow Java writes with the default locale's digits. */
public final class OpDigits {
  private OpDigits() {}

  /**
   * Checks that a graph can be built. TensorFlow takes no other digits than 0 to 9 in names, and
   * says of {@code Const_١} only that it has invalid characters.
   *
   * @throws IllegalStateException if the default locale has other digits, as that of Egypt
   */
  public static void check() {
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
