package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.scenerank.testing.ChildProcess.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Runs commands of the documentation as they are written there, except that their files are in a
 * folder of the test.
 *
 * @param folder of the test
 */
record PageCommands(Path folder) {
  private static final String COMMAND = "bin/scenerank ";
  private static final Pattern FILE =
      Pattern.compile(
          "(data2?|large|logs|days|daily|runs|models?|back|ml-100k|KuaiRand-1K)(/.*)?|keras/.*"
              + "|(?!weights)\\w+\\.(csv|dat|parquet|yaml|h5|onnx)");

  Outcome run(String command) {
    return Cli.good(words(command).toArray());
  }

  void runAll(List<String> commands) {
    commands.forEach(this::run);
  }

  /** The words behind {@code bin/scenerank}. */
  List<String> words(String command) {
    assertThat(command).startsWith(COMMAND);
    return Splitter.on(' ')
        .omitEmptyStrings()
        .splitToStream(command.substring(COMMAND.length()))
        .takeWhile(word -> !word.equals(">")) // The test gets what is printed.
        .map(word -> word.replace("'", ""))
        .map(word -> FILE.matcher(word).matches() ? folder.resolve(word).toString() : word)
        .toList();
  }
}
