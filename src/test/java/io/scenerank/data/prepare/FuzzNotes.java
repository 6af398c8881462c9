package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;

/**
 * What a guess says in comments.
 *
 * @param lines of its YAML
 */
record FuzzNotes(ImmutableList<String> lines) {
  FuzzNotes(String yaml) {
    this(yaml.lines().collect(ImmutableList.toImmutableList()));
  }

  /** Whether a comment says that a column is left out. */
  boolean names(String column) {
    String leftOut = "  # - {name: " + GuessText.yaml(column) + "} ";
    return lines.stream().anyMatch(line -> line.startsWith(leftOut)) || warns(column);
  }

  /** Whether a line of its own says that something about a column was not understood. */
  boolean warns(String column) {
    return lines.stream()
        .filter(line -> line.startsWith("# Note: "))
        .anyMatch(line -> line.contains("'" + visible(column) + "'"));
  }

  /** As comments write it. */
  private static String visible(String column) {
    return GuessText.comment(column);
  }
}
