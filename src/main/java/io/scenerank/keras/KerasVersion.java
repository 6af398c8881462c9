package io.scenerank.keras;

import com.google.common.collect.ImmutableList;

/** The version of Keras that wrote a file. */
final class KerasVersion {
  private static final String NEWEST_TRIED = "3.15";

  private KerasVersion() {}

  /** A line about a file of a version that was not tried; none where it was. */
  static ImmutableList<String> warning(KerasModelFile file) {
    return file.kerasVersion()
        .filter(KerasVersion::isNewer)
        .map(
            version ->
                ImmutableList.of(
                    String.format(
                        "%s: written by Keras %s; the newest tried is %s",
                        file.where(), ForeignText.shown(version), NEWEST_TRIED)))
        .orElse(ImmutableList.of());
  }

  private static boolean isNewer(String version) {
    String[] found = version.split("\\D", -1);
    String[] tried = NEWEST_TRIED.split("\\.", -1);
    for (int i = 0; i < tried.length; i++) {
      int part = i < found.length && found[i].matches("\\d{1,6}") ? Integer.parseInt(found[i]) : 0;
      if (part != Integer.parseInt(tried[i])) {
        return part > Integer.parseInt(tried[i]);
      }
    }
    return false;
  }
}
