package io.scenerank.data.prepare;

import java.util.Collections;
import java.util.List;

/**
 * A column of a random table, with its truth.
 *
 * @param kind what its values are
 * @param form how they are written, for messages
 * @param truth of each row; null is missing
 * @param texts of each row, as a file has it; null is missing
 */
record FuzzColumn(
    String name, Kind kind, String form, List<? extends Object> truth, List<String> texts) {

  /** What a column is. */
  enum Kind {
    /** 0 or 1, Integers. */
    LABEL,
    /** Microseconds since 1970, Longs. */
    TIME,
    /** Different in each row, Longs. */
    INDEX,
    /** Texts, of which an integer is one too. */
    CATEGORY,
    /** Doubles. */
    NUMBER,
    /** Lists of texts. */
    LIST,
    /** Lists of Doubles. */
    VECTOR,
    /** Lists of lists, structs and maps, which no feature holds. */
    NESTED
  }

  FuzzColumn {
    truth = Collections.unmodifiableList(truth);
    texts = Collections.unmodifiableList(texts);
  }

  /** Whether a model may read it. */
  boolean isFeature() {
    return switch (kind) {
      case CATEGORY, NUMBER, LIST, VECTOR -> true;
      case LABEL, TIME, INDEX, NESTED -> false;
    };
  }

  /** The same under another name. */
  FuzzColumn called(String other) {
    return new FuzzColumn(other, kind, form, truth, texts);
  }
}
