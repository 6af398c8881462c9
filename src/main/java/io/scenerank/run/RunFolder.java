package io.scenerank.run;

import io.scenerank.config.InvalidInputException;
import io.scenerank.files.InnerPath;
import io.scenerank.train.experiment.UnfinishedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the parts of a run folder. */
public final class RunFolder {
  private RunFolder() {}

  /**
   * The SavedModel that a path means: itself, the newest version below it, or the newest version of
   * a run.
   *
   * @throws InvalidInputException if there is none, or the run is not finished
   */
  public static Path savedModel(Path path) throws IOException {
    UnfinishedRun.requireNot(path);
    if (Files.isRegularFile(path.resolve("saved_model.pb"))) {
      return path;
    }
    Path versions =
        Files.isDirectory(path.resolve("saved_model"))
            ? InnerPath.resolve(path, "saved_model")
            : path;
    Path found = newest(versions).orElseThrow(() -> none(path));
    return InnerPath.resolve(path, path.relativize(found).toString());
  }

  /**
   * The number above that of the newest version; 1 where there is none.
   *
   * @throws InvalidInputException if there is no number left
   */
  public static int nextVersion(Path versions) throws IOException {
    long next = newest(versions).map(RunFolder::number).orElse(0L) + 1;
    if (next > Integer.MAX_VALUE) {
      throw new InvalidInputException(
          versions + ": no version is left above " + (next - 1) + "; name one with --version");
    }
    return (int) next;
  }

  private static Optional<Path> newest(Path versions) throws IOException {
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (Stream<Path> children = Files.list(versions)) {
      return children
          .filter(child -> child.getFileName().toString().matches("\\d{1,18}"))
          .max(Comparator.comparingLong(RunFolder::number));
    }
  }

  private static long number(Path version) {
    return Long.parseLong(version.getFileName().toString());
  }

  private static InvalidInputException none(Path path) {
    return new InvalidInputException(
        path + ": no SavedModel there, expected a run folder or a folder with saved_model.pb");
  }
}
