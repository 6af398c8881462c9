package io.scenerank.serve.raw;

import java.util.Arrays;

/** What one column gives for the rows of a call, and what was seen while it was read. */
final class Block {
  private static final int FIRST_LENGTH = 32;

  private final RawEncoder.Limits limits;
  private final int width;
  private final int[] ids;
  private final float[] floats;
  private int[] found;
  private float[] foundWeights;
  private int length;
  private long values;
  private long unseen;

  /**
   * @param width values a row
   * @param ids whether the column gives ids
   * @param floats whether it gives floats: dense values or weights
   */
  Block(RawEncoder.Limits limits, int rows, int width, boolean ids, boolean floats) {
    this.limits = limits;
    this.width = width;
    this.ids = new int[ids ? rows * width : 0];
    this.floats = new float[floats ? rows * width : 0];
    this.found = new int[ids && width > 1 ? FIRST_LENGTH : 1];
    this.foundWeights = new float[found.length];
  }

  RawEncoder.Limits limits() {
    return limits;
  }

  /** The ids, row by row. */
  int[] ids() {
    return ids;
  }

  /** The floats, row by row. */
  float[] floats() {
    return floats;
  }

  /** Values that were looked up. */
  long values() {
    return values;
  }

  /** Values that no vocabulary holds. */
  long unseen() {
    return unseen;
  }

  /** The id of a value that is not missing. */
  int id(IdSource source, String text) {
    int id = source.id(text);
    values++;
    if (id == 0 && source.isVocabulary()) {
      unseen++;
    }
    return id;
  }

  /** Counts an id that a vocabulary gave. */
  int count(int id) {
    values++;
    if (id == 0) {
      unseen++;
    }
    return id;
  }

  /** Sets the id of a row of one. */
  void set(int row, int id) {
    ids[row] = id;
  }

  /** Sets a float of a row. */
  void set(int row, int place, float value) {
    floats[row * width + place] = value;
  }

  /** Begins the sequence of a row. */
  void begin() {
    length = 0;
  }

  /**
   * Adds a value to the sequence of the row.
   *
   * @throws WrongValueException if it is one too many
   */
  void add(int id, float weight) {
    limits.requireLength(length + 1);
    if (length == found.length) {
      found = Arrays.copyOf(found, 2 * length);
      foundWeights = Arrays.copyOf(foundWeights, 2 * length);
    }
    found[length] = id;
    foundWeights[length++] = weight;
  }

  /** Puts the last values of the sequence at the end of the row's part, zeros in front. */
  void end(int row) {
    int kept = Math.min(length, width);
    int to = (row + 1) * width - kept;
    System.arraycopy(found, length - kept, ids, to, kept);
    if (floats.length > 0) {
      System.arraycopy(foundWeights, length - kept, floats, to, kept);
    }
  }

  /** Gives all rows what the first one has. */
  void repeat() {
    repeat(ids, ids.length);
    repeat(floats, floats.length);
  }

  private void repeat(Object array, int size) {
    for (int at = width; at < size; at += width) {
      System.arraycopy(array, 0, array, at, width);
    }
  }
}
