package io.scenerank.data.prepare;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Gives features and tasks names that no other has. */
final class GuessedNames {
  private final Set<String> taken = new HashSet<>();

  /**
   * Takes a name that no feature has yet.
   *
   * @param wanted what it is to be called
   * @return that, without what a name must not have, and with something behind it if it is taken
   */
  String take(String wanted) {
    String name = wanted.replaceAll("[/\\p{Cc}]", "_");
    String unique = name.isBlank() ? "_" : name;
    for (int i = 2; !taken.add(unique.toLowerCase(Locale.ROOT)); i++) {
      unique = name + "_" + i;
    }
    return unique;
  }
}
