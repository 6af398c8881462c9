package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import io.scenerank.feature.PackedLayout;

/**
 * Rows of a data set outside the Java heap: int32 ids [n, F], float32 dense values [n, G], labels
 * [n, T] and, where they are known, true probabilities [n, T]. Immutable and safe to read from many
 * threads. A row number, position or task that does not exist is an {@link
 * IndexOutOfBoundsException}.
 */
@PublicApi
public final class PackedRows implements RowSource {
  private final RowFormat format;
  private final RowStore store;
  private final int userPosition;
  private final int scenarioPosition;

  PackedRows(RowFormat format, RowStore store) {
    this.format = format;
    this.store = store;
    this.userPosition = format.position(format.userColumn());
    this.scenarioPosition = format.position(format.scenarioColumn());
  }

  /** A builder of rows without true probabilities. */
  public static PackedRowsBuilder builder(RowFormat format) {
    return new PackedRowsBuilder(format, false);
  }

  /** A builder of rows that carry a true probability a task. */
  public static PackedRowsBuilder builderWithProbabilities(RowFormat format) {
    return new PackedRowsBuilder(format, true);
  }

  @Override
  public RowFormat format() {
    return format;
  }

  @Override
  public RowCursor cursor(RowSequence sequence, int first) {
    sequence.requireFits(size(), first);
    return new MemoryCursor(this, sequence, first);
  }

  public PackedLayout layout() {
    return format.layout();
  }

  /** The labels' names, in order; empty if there are no labels. */
  public ImmutableList<String> tasks() {
    return format.tasks();
  }

  @Override
  public int size() {
    return store.size();
  }

  public int id(int row, int position) {
    return store.id(row, position);
  }

  public float dense(int row, int position) {
    return store.dense(row, position);
  }

  /** 0 or 1. */
  public float label(int row, int task) {
    return store.label(row, task);
  }

  @Override
  public boolean hasProbabilities() {
    return store.hasProbabilities();
  }

  /** The probability that the label was drawn from, in [0, 1]. */
  public float probability(int row, int task) {
    if (!hasProbabilities()) {
      throw new IllegalStateException("these rows have no true probabilities");
    }
    return store.truth(row, task);
  }

  /** Id of the row's user. */
  public int user(int row) {
    return special(row, userPosition, "user");
  }

  /** Id of the row's scenario. */
  public int scenario(int row) {
    return special(row, scenarioPosition, "scenario");
  }

  private int special(int row, int position, String what) {
    if (position < 0) {
      throw new IllegalStateException("these rows have no " + what + " column");
    }
    return store.id(row, position);
  }

  /** Copies {@code length} ids of a row, from {@code position} on, into {@code target}. */
  public void copyIds(int row, int position, int[] target, int offset, int length) {
    store.copyIds(row, position, target, offset, length);
  }

  /** Copies {@code length} dense values of a row, from {@code position} on. */
  public void copyDense(int row, int position, float[] target, int offset, int length) {
    store.copyDense(row, position, target, offset, length);
  }
}
