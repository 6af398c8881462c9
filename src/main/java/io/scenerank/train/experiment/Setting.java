package io.scenerank.train.experiment;

import io.scenerank.config.InvalidInputException;

/** One {@code key=value} of the command line. */
record Setting(String key, String value) {
  /**
   * @throws InvalidInputException if there is no key
   */
  static Setting parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new InvalidInputException("setting (--set) '" + text + "': expected key=value");
    }
    return new Setting(text.substring(0, equals), text.substring(equals + 1));
  }

  /** The key up to its first dot. */
  String head() {
    int dot = key.indexOf('.');
    return dot < 0 ? key : key.substring(0, dot);
  }

  /** This setting without the key's head. */
  Setting rest() {
    return new Setting(key.substring(Math.min(key.length(), head().length() + 1)), value);
  }

  /** As it was given. */
  String text() {
    return key + "=" + value;
  }
}
