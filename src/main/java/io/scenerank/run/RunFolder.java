package io.scenerank.run;

import io.scenerank.config.InvalidInputException;
import io.scenerank.files.AtomicFile.IOConsumer;
import io.scenerank.files.InnerPath;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** A run folder: one to be written, and the parts of one that is there. */
public final class RunFolder {
  private final OutputFolder out;

  private RunFolder(OutputFolder out) {
    this.out = out;
  }

  /**
   * The folder of a new run.
   *
   * @param given the folder; {@code runs/NAME-DATE-TIME} if empty
   * @param force whether an existing one is replaced after success
   */
  public static RunFolder of(Optional<Path> given, String name, boolean force) {
    return new RunFolder(OutputFolder.of(given, name, force));
  }

  public Path path() {
    return out.path();
  }

  /**
   * Checks that the folder may be written, before any work is done for it.
   *
   * @param source what is read for it
   * @throws InvalidInputException if the folder exists and may not be replaced, or holds the source
   */
  public void requireFree(Path source) throws IOException {
    out.requireFree(Optional.of(source));
  }

  /** Lets {@code writer} fill an empty folder, which takes this one's name at the end. */
  public void write(IOConsumer<Path> writer) throws IOException {
    out.write(writer);
  }

  /**
   * The SavedModel that a path means: itself, the newest version below it, or the newest version of
   * a run.
   *
   * @throws InvalidInputException if there is none, or the run is not finished
   */
  public static Path savedModel(Path path) throws IOException {
    SavedRun.requireFinished(path);
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
          versions
              + ": no version is free above "
              + (next - 1)
              + "; name one with version (--version)");
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
        path + ": not a SavedModel, expected a run folder or a folder with saved_model.pb");
  }
}
