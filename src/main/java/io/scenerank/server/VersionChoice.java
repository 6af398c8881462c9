package io.scenerank.server;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which version a request is for: one by number, one by label, or the one that traffic goes to.
 *
 * @param number of a version; then without a label
 * @param label as "stable"; then without a number
 */
record VersionChoice(OptionalLong number, Optional<String> label) {
  static VersionChoice current() {
    return new VersionChoice(OptionalLong.empty(), Optional.empty());
  }

  static VersionChoice number(long number) {
    return new VersionChoice(OptionalLong.of(number), Optional.empty());
  }

  static VersionChoice label(String label) {
    return new VersionChoice(OptionalLong.empty(), Optional.of(label));
  }
}
