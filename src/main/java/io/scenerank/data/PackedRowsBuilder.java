package io.scenerank.data;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import io.scenerank.config.InvalidInputException;
import java.util.Locale;

/** Takes rows one by one and makes {@link PackedRows} of them. Not safe for concurrent use. */
public final class PackedRowsBuilder {
  private static final float[] NONE = {};

  private final RowFormat format;
  private final int[] idLimits;
  private final RowStore store;
  private boolean built;

  PackedRowsBuilder(RowFormat format, boolean probabilities) {
    this.format = format;
    this.idLimits = format.layout().idLimits();
    this.store =
        new RowStore(
            format.layout().idWidth(),
            format.layout().denseWidth(),
            format.tasks().size(),
            probabilities);
  }

  /** Adds a row that has neither dense values, nor labels, nor probabilities. */
  public PackedRowsBuilder add(int[] ids) {
    return add(ids, NONE, NONE, NONE);
  }

  /** Adds a row without true probabilities. */
  public PackedRowsBuilder add(int[] ids, float[] dense, float[] labels) {
    return add(ids, dense, labels, NONE);
  }

  /**
   * Adds a row.
   *
   * @param ids [F]
   * @param dense [G]
   * @param labels [T]
   * @param probabilities [T], or empty if the rows carry none
   * @throws IllegalArgumentException if a width is not that of the format
   * @throws InvalidInputException naming feature or task, row and value of an id outside its
   *     vocabulary, a dense value that is not finite, a label that is neither 0 nor 1, or a
   *     probability outside [0, 1]
   */
  public PackedRowsBuilder add(int[] ids, float[] dense, float[] labels, float[] probabilities) {
    checkState(!built, "build() was called already");
    checkWidth("ids", ids.length, idLimits.length);
    checkWidth("dense values", dense.length, format.layout().denseWidth());
    checkWidth("labels", labels.length, format.tasks().size());
    checkWidth(
        "probabilities",
        probabilities.length,
        store.hasProbabilities() ? format.tasks().size() : 0);
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= idLimits[i]) {
        throw format.layout().outOfVocabulary("rows", store.size(), i, ids[i]);
      }
    }
    checkNumbers(dense, labels, probabilities);
    int row = store.grow(1);
    for (int i = 0; i < ids.length; i++) {
      store.setId(row, i, ids[i]);
    }
    for (int i = 0; i < dense.length; i++) {
      store.setDense(row, i, dense[i]);
    }
    for (int i = 0; i < labels.length; i++) {
      store.setLabel(row, i, labels[i]);
    }
    for (int i = 0; i < probabilities.length; i++) {
      store.setTruth(row, i, probabilities[i]);
    }
    return this;
  }

  private void checkNumbers(float[] dense, float[] labels, float[] probabilities) {
    for (int i = 0; i < dense.length; i++) {
      if (!Float.isFinite(dense[i])) {
        throw format.layout().notFinite("rows", store.size(), i, dense[i]);
      }
    }
    for (int i = 0; i < labels.length; i++) {
      checkTask(labels[i] == 0 || labels[i] == 1, "label", i, labels[i], "0 or 1");
    }
    for (int i = 0; i < probabilities.length; i++) {
      float p = probabilities[i];
      checkTask(p >= 0 && p <= 1, "probability", i, p, "a probability in [0, 1]");
    }
  }

  private void checkTask(boolean good, String what, int task, float found, String expected) {
    if (!good) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "rows: %s '%s', row %d: found %s, expected %s",
              what,
              format.tasks().get(task),
              store.size(),
              found,
              expected));
    }
  }

  private static void checkWidth(String what, int found, int expected) {
    checkArgument(found == expected, "a row of %s %s, expected %s", found, what, expected);
  }

  /** The rows; the builder takes no more. */
  public PackedRows build() {
    checkState(!built, "build() was called already");
    built = true;
    return new PackedRows(format, store);
  }
}
