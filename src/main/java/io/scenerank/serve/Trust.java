package io.scenerank.serve;

import io.scenerank.PublicApi;

/** How far the maker of a SavedModel is trusted: loading and predicting run the ops that it has. */
@PublicApi
public enum Trust {
  /**
   * The model may compute, and nothing else: one with ops that read or write files, open
   * connections, run other code or end the process is refused before anything of it runs (see
   * {@link RefusedOps}).
   */
  CHECKED,

  /** The model may do everything that its ops can do, with the rights of this process. */
  FULL;

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
}
