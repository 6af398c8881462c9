package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;

/**
 * What labels a column gives.
 *
 * @param tasks a label each; of a column that is not understood, what they could be
 * @param understood whether the tasks are what the column's values say
 * @param why what the values are, for people
 */
record GuessedLabel(ImmutableList<Task> tasks, boolean understood, String why) {
  /** A label and its SQL. */
  record Task(String name, String sql) {}

  static GuessedLabel of(String name, String sql, String why) {
    return new GuessedLabel(ImmutableList.of(new Task(name, sql)), true, why);
  }

  static GuessedLabel unclear(ImmutableList<Task> tasks, String why) {
    return new GuessedLabel(tasks, false, why);
  }
}
