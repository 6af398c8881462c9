package io.scenerank.cli;

import io.scenerank.feature.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Finds the parts of a run folder. */
final class RunFolder {
  private RunFolder() {}

  /**
   * The SavedModel that a path means: itself, the newest version below it, or the newest version of
   * a run.
   *
   * @throws InvalidInputException if there is none
   */
  static Path savedModel(Path path) throws IOException {
    if (Files.isRegularFile(path.resolve("saved_model.pb"))) {
      return path;
    }
    Path versions =
        Files.isDirectory(path.resolve("saved_model")) ? path.resolve("saved_model") : path;
    if (Files.isDirectory(versions)) {
      try (Stream<Path> children = Files.list(versions)) {
        return children
            .filter(child -> child.getFileName().toString().matches("\\d{1,18}"))
            .max(Comparator.comparingLong(child -> Long.parseLong(child.getFileName().toString())))
            .orElseThrow(() -> none(path));
      }
    }
    throw none(path);
  }

  private static InvalidInputException none(Path path) {
    return new InvalidInputException(
        path + ": no SavedModel there, expected a run folder or a folder with saved_model.pb");
  }
}
