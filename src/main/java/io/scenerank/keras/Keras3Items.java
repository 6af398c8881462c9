package io.scenerank.keras;

import com.google.common.collect.ImmutableMap;

/**
 * How Keras 3's HDF5 file names what lies between a layer and a variable: an attribute by its name,
 * the items of a list by their class, counted, and a list inside a list {@code container}.
 */
final class Keras3Items {
  private static final String CONTAINER = "container";
  private static final String DICE = "dice";

  /** Class of the items by the attribute that holds the list. */
  private static final ImmutableMap<String, String> CLASSES =
      ImmutableMap.of(
          "dense_layers", "dense",
          "weights_dense", "dense",
          "bias_dense", "dense",
          "bn_layers", "batch_normalization",
          "gate_nu", "gate_nu",
          "layers", "meta_unit");

  private Keras3Items() {}

  /**
   * The groups from a layer to a variable.
   *
   * @param inside path of the variable inside its layer
   * @param activation the layer's activation, which is a layer itself where it has variables
   * @return empty, or names that begin with a slash each
   */
  static String groups(String inside, String activation) {
    String[] names = inside.split("/", -1);
    StringBuilder groups = new StringBuilder();
    String list = "";
    for (int i = 0; i < names.length - 1; i++) {
      if (isIndex(names[i])) {
        boolean holdsList = i + 2 < names.length && isIndex(names[i + 1]);
        String item = holdsList ? CONTAINER : itemOf(list, activation);
        groups.append('/').append(Keras3Names.counted(item, Integer.parseInt(names[i])));
      } else {
        list = names[i];
        groups.append('/').append(names[i].replaceFirst("^_+", ""));
      }
    }
    return groups.toString();
  }

  private static boolean isIndex(String name) {
    return name.chars().allMatch(Character::isDigit);
  }

  private static String itemOf(String list, String activation) {
    String own = activation.equals(DICE) ? DICE : Keras3Names.snakeCase("PReLU");
    return CLASSES.getOrDefault(list, own);
  }
}
