package io.scenerank.layer.base;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Names of layers in Keras' files: the class in snake case, with a number from the second on. */
public final class GroupNames {
  private final Map<String, Integer> counts = new HashMap<>();

  /** The name of the next layer of a class. */
  public String next(String className) {
    String name = snakeCase(className);
    int count = counts.merge(name, 1, Integer::sum) - 1;
    return count == 0 ? name : name + "_" + count;
  }

  /** A class name as Keras writes it into names of groups: {@code PReLU} is {@code p_re_lu}. */
  public static String snakeCase(String className) {
    String bare = className.substring(className.lastIndexOf('>') + 1);
    return bare.replaceAll("[^A-Za-z0-9_]+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
