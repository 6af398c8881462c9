package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Optional;

/**
 * What raw rows came to.
 *
 * @param rows number of rows
 * @param unseen of each column with a vocabulary, values that are not in it; their id is 0
 * @param notes lines about the rows that people should read
 */
public record RawReport(long rows, ImmutableMap<String, Long> unseen, ImmutableList<String> notes) {

  /** The columns with the most unseen values, {@code item_id 12, city 3}; empty without any. */
  public Optional<String> unseenText() {
    return UnseenText.of(unseen);
  }
}
