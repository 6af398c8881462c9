package io.scenerank.serve;

import java.util.Set;

/** Some of the features of rows, for tests of other packages. */
public final class FeatureParts {
  private FeatureParts() {}

  public static Features only(Features rows, Set<String> names) {
    return rows.only(names);
  }
}
