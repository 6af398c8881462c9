package io.scenerank.train.experiment;

import com.google.common.base.CharMatcher;
import io.scenerank.config.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells a run folder whose training, evaluation or export is not complete: it holds a file {@code
 * unfinished.yaml} from its first moment to its last step.
 */
final class UnfinishedRun {
  /** Name of the file. */
  static final String MARK = "unfinished.yaml";

  private static final CharMatcher PLAIN =
      CharMatcher.inRange('a', 'z')
          .or(CharMatcher.inRange('A', 'Z'))
          .or(CharMatcher.inRange('0', '9'))
          .or(CharMatcher.anyOf("._/-+=:,@%"));

  private UnfinishedRun() {}

  /** Whether the folder is a run that is not complete. */
  static boolean is(Path run) {
    return Files.exists(run.resolve(MARK));
  }

  /**
   * Checks that a run is complete.
   *
   * @throws InvalidInputException if the folder is a run that is not complete; it says how to
   *     continue
   */
  static void requireNot(Path run) {
    if (is(run)) {
      throw new InvalidInputException(
          run + ": an unfinished run; resume it with '" + command(run) + "'");
    }
  }

  /** The command that continues with a run, as a shell takes it. */
  static String command(Path run) {
    String text = run.toString();
    String quoted =
        PLAIN.matchesAllOf(text) && !text.isEmpty() ? text : "'" + text.replace("'", "'\\''") + "'";
    return "scenerank train --resume --out " + quoted;
  }
}
