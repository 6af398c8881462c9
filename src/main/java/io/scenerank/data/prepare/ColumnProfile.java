package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;

/**
 * What a raw column looks like.
 *
 * @param rows number of rows
 * @param present rows in which it is not missing
 * @param distinct number of different values
 * @param min the least of numbers, dates (in seconds) or of list lengths; NaN for texts
 * @param max the largest
 * @param delimiter what separates the values of a text that holds several; empty where it does not
 * @param examples some values, the most frequent first
 */
record ColumnProfile(
    String name,
    RawKind kind,
    long rows,
    long present,
    long distinct,
    double min,
    double max,
    String delimiter,
    ImmutableList<String> examples) {
  boolean hasMissing() {
    return present < rows;
  }
}
