package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;

/**
 * What became of a random table.
 *
 * @param verdict how it compares to the truth
 * @param lines what was said, or where it differs
 */
record FuzzResult(Verdict verdict, ImmutableList<String> lines) {
  /** How a result compares to the truth. */
  enum Verdict {
    /** All columns are what they are. */
    TRUE,
    /** What was not understood was said in the description or in an error. */
    SAID,
    /** Something differs and nothing was said. */
    SILENT
  }
}
