package io.scenerank.data;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.RowSource.RowCursor;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.PackedLayout;
import java.util.Locale;

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
  public static Builder builder(RowFormat format) {
    return new Builder(format, false);
  }

  /** A builder of rows that carry a true probability a task. */
  public static Builder builderWithProbabilities(RowFormat format) {
    return new Builder(format, true);
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

  /** Takes rows one by one and packs them. Not safe for concurrent use. */
  public static final class Builder {
    private static final float[] NONE = {};

    private final RowFormat format;
    private final int[] idLimits;
    private final RowStore store;
    private boolean built;

    Builder(RowFormat format, boolean probabilities) {
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
    public Builder add(int[] ids) {
      return add(ids, NONE, NONE, NONE);
    }

    /** Adds a row without true probabilities. */
    public Builder add(int[] ids, float[] dense, float[] labels) {
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
    public Builder add(int[] ids, float[] dense, float[] labels, float[] probabilities) {
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
}
