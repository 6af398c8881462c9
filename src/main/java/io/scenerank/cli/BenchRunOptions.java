package io.scenerank.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Times the model of a run folder, an imported one for example, in place of the library's own. */
final class BenchRunOptions {
  @Option(
      names = "--run",
      paramLabel = "RUN",
      description =
          "Time the model of this run folder, for example an imported one, with its own columns"
              + " and training, instead of --model.")
  private @Nullable Path run;

  Optional<Path> folder() {
    return Optional.ofNullable(run);
  }
}
