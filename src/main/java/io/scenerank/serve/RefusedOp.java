package io.scenerank.serve;

/**
 * An op that a SavedModel has and should not have.
 *
 * @param op its type, as {@code ReadFile}
 * @param effect what it does beyond computing, as "reads files"
 * @param where the function and the node
 */
public record RefusedOp(String op, String effect, String where) {
  /** The op in one line. */
  @Override
  public String toString() {
    return String.format("%s %s (%s)", op, effect, where);
  }
}
