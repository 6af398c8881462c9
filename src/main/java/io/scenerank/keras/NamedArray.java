package io.scenerank.keras;

/**
 * An array of an HDF5 file of Keras 2, which has the name of its variable.
 *
 * @param name as Keras gave it, without {@code :0}
 */
record NamedArray(String name, StoredVariable array) {
  static NamedArray of(String weightName, StoredVariable array) {
    return new NamedArray(weightName.replaceFirst(":\\d{1,3}$", ""), array);
  }

  /** The variable's own name, {@code kernel}. */
  String last() {
    return name.substring(name.lastIndexOf('/') + 1);
  }
}
