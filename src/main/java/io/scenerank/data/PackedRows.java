package io.scenerank.data;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.RowSource.RowCursor;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.PackedLayout;

/**
 * Rows of a data set outside the Java heap: int32 ids [n, F], float32 dense values [n, G], labels
 * [n, T], sample weights where there are some and, where they are known, true probabilities [n, T].
 * Immutable and safe to read from many threads. A row number, position or task that does not exist
 * is an {@link IndexOutOfBoundsException}.
 */
@PublicApi
public final class PackedRows implements RowSource {
  private final RowFormat format;
  private final RowStore store;
  private final int userPosition;
  private final int scenarioPosition;
  private final int[] weightPositions;

  PackedRows(RowFormat format, RowStore store) {
    this.format = format;
    this.store = store;
    this.userPosition = format.position(format.userColumn());
    this.scenarioPosition = format.position(format.scenarioColumn());
    this.weightPositions = format.tasks().stream().mapToInt(format::weightPosition).toArray();
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

  /** What the task's target says, 0 or 1 by default; NaN where the row has no label. */
  public float label(int row, int task) {
    return store.label(row, task);
  }

  /** How much the row counts for a task, 0 or more; 1 where the task has no weights. */
  public float weight(int row, int task) {
    int position = weightPositions[task];
    return position < 0 ? 1 : store.weight(row, position);
  }

  /** Copies the weights of a row, one for each column of weights. */
  void copyWeights(int row, float[] target) {
    for (int i = 0; i < target.length; i++) {
      target[i] = store.weight(row, i);
    }
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
    private static final String WHERE = "rows";

    private final RowFormat format;
    private final int[] idLimits;
    private final LabelChecks checks;
    private final RowStore store;
    private boolean built;

    Builder(RowFormat format, boolean probabilities) {
      this.format = format;
      this.idLimits = format.layout().idLimits();
      this.checks = new LabelChecks(WHERE, format);
      this.store = new RowStore(format, probabilities);
    }

    /** Adds a row that has neither dense values, nor labels, nor probabilities. */
    public Builder add(int[] ids) {
      return add(ids, NONE, NONE, NONE);
    }

    /** Adds a row without true probabilities and weights. */
    public Builder add(int[] ids, float[] dense, float[] labels) {
      return add(ids, dense, labels, NONE);
    }

    /** Adds a row without weights. */
    public Builder add(int[] ids, float[] dense, float[] labels, float[] probabilities) {
      return add(ids, dense, labels, probabilities, NONE);
    }

    /**
     * Adds a row.
     *
     * @param ids [F]
     * @param dense [G]
     * @param labels [T], NaN where the row has none
     * @param probabilities [T], or empty if the rows carry none
     * @param weights one for each of the format's columns of weights, in the order of the tasks
     * @throws IllegalArgumentException if a width is not that of the format
     * @throws InvalidInputException naming feature or task, row and value of an id outside its
     *     vocabulary, a dense value that is not finite, a label that is not as its target says, a
     *     weight that is negative or not finite, or a probability outside [0, 1]
     */
    public Builder add(
        int[] ids, float[] dense, float[] labels, float[] probabilities, float[] weights) {
      checkState(!built, "build() was called already");
      checkWidth("ids", ids.length, idLimits.length);
      checkWidth("dense values", dense.length, format.layout().denseWidth());
      checkWidth("labels", labels.length, format.tasks().size());
      checkWidth(
          "probabilities",
          probabilities.length,
          store.hasProbabilities() ? format.tasks().size() : 0);
      checkWidth("weights", weights.length, checks.weightCount());
      for (int i = 0; i < ids.length; i++) {
        if (ids[i] < 0 || ids[i] >= idLimits[i]) {
          throw format.layout().outOfVocabulary(WHERE, store.size(), i, ids[i]);
        }
      }
      for (int i = 0; i < dense.length; i++) {
        if (!format.layout().takesDense(i, dense[i])) {
          throw format.layout().notFinite(WHERE, store.size(), i, dense[i]);
        }
      }
      checks.requireLabels(store.size(), labels);
      checks.requireProbabilities(store.size(), probabilities);
      checks.requireWeights(store.size(), weights);
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
      for (int i = 0; i < weights.length; i++) {
        store.setWeight(row, i, weights[i]);
      }
      return this;
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
