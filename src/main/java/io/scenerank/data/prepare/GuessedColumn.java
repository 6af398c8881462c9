package io.scenerank.data.prepare;

import java.util.Optional;

/**
 * A raw column and what it is for.
 *
 * @param why why it is left out, or what is to be known of it; empty where its values say enough
 * @param note the same as a line of its own, where people should not miss it
 * @param label its labels if it is one
 */
record GuessedColumn(
    ColumnFacts facts,
    ColumnRole role,
    String why,
    Optional<String> note,
    Optional<GuessedLabel> label) {

  static GuessedColumn of(ColumnFacts facts, ColumnRole role) {
    return new GuessedColumn(facts, role, "", Optional.empty(), Optional.empty());
  }

  static GuessedColumn leftOut(ColumnFacts facts, String why) {
    return of(facts, ColumnRole.LEFT_OUT).because(why);
  }

  GuessedColumn because(String reason) {
    return new GuessedColumn(facts, role, reason, note, label);
  }

  GuessedColumn noted(String text) {
    return new GuessedColumn(facts, role, why, Optional.of(text), label);
  }

  GuessedColumn labelled(GuessedLabel guessed) {
    return new GuessedColumn(facts, role, why, note, Optional.of(guessed));
  }

  /** Whether a model reads it. */
  boolean isFeature() {
    return switch (role) {
      case LABEL, TIME, LEFT_OUT -> false;
      default -> true;
    };
  }

  ColumnProfile profile() {
    return facts.profile();
  }

  String name() {
    return facts.profile().name();
  }
}
