package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Nearest;
import io.scenerank.savedmodel.SavedModelExporter;
import io.scenerank.train.Device;
import io.scenerank.train.SavedRun;
import io.scenerank.train.TrainingGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** As what a run is exported. */
enum ExportFormat {
  /** {@code <out>/<version>/}, as TF Serving wants it. */
  SAVED_MODEL("saved_model") {
    @Override
    Path write(SavedRun run, Target target) throws IOException {
      if (Files.exists(target.out()) && !Files.isDirectory(target.out())) {
        throw new InvalidInputException(target.out() + ": is a file, expected a folder");
      }
      int version =
          target.version().isPresent()
              ? target.version().get()
              : RunFolder.nextVersion(target.out());
      try (TrainingGraph graph = run.newGraph(Device.parse("cpu"), 0)) {
        run.restore(graph);
        return new SavedModelExporter()
            .export(run.experiment().definition(), graph, target.out(), version, target.force());
      }
    }
  };

  private final String text;

  ExportFormat(String text) {
    this.text = text;
  }

  /**
   * Where an export goes.
   *
   * @param version folder below {@code out}, above 0; empty for the next that is free
   * @param force whether what stands there is replaced
   */
  record Target(Path out, Optional<Integer> version, boolean force) {
    /**
     * @throws InvalidInputException if the version is not above 0
     */
    Target {
      if (version.isPresent() && version.get() < 1) {
        throw new InvalidInputException("--version is " + version.get() + ", expected at least 1");
      }
    }
  }

  /**
   * Writes the model with the values that its training kept; it appears whole or not at all.
   *
   * @return what was written
   * @throws InvalidInputException if it exists and is not to be replaced, or the run is damaged
   */
  abstract Path write(SavedRun run, Target target) throws IOException;

  /** Names of all formats, as {@code --format} takes them. */
  static ImmutableList<String> names() {
    return Arrays.stream(values())
        .map(format -> format.text)
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * @throws InvalidInputException with the nearest name if there is no such format
   */
  static ExportFormat parse(String text) {
    return Arrays.stream(values())
        .filter(format -> format.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "--format '" + text + "' is unknown" + Nearest.hint(text, names())));
  }

  @Override
  public String toString() {
    return text;
  }
}
