package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Optional;

/**
 * What a preparation came to.
 *
 * @param trainRows rows to train on
 * @param testRows rows to test on
 * @param split how the two were told apart
 * @param vocabularies ids of each table that has a vocabulary, 0 among them
 * @param unseen of each column with a vocabulary, values of test rows that are not in it
 * @param unseenScenarios scenarios of test rows that no training row has; their id is 0
 * @param notes lines about the rows that people should read
 */
public record PrepareReport(
    long trainRows,
    long testRows,
    String split,
    ImmutableMap<String, Integer> vocabularies,
    ImmutableMap<String, Long> unseen,
    ImmutableList<String> unseenScenarios,
    ImmutableList<String> notes) {

  /** The columns with the most unseen values, {@code item_id 12, city 3}; empty without any. */
  public Optional<String> unseenText() {
    return UnseenText.of(unseen);
  }
}
