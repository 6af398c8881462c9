package io.scenerank.run;

import io.scenerank.config.InvalidInputException;
import io.scenerank.files.AtomicFile.IOConsumer;
import io.scenerank.files.AtomicFolder;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * A folder that a command writes; it appears whole or not at all.
 *
 * @param force whether an existing one is replaced after success
 */
record OutputFolder(Path path, boolean force) {

  /** The given folder, or {@code runs/NAME-DATE-TIME}. */
  static OutputFolder of(Optional<Path> given, String name, boolean force) {
    return new OutputFolder(given.orElseGet(() -> byDefault(name)), force);
  }

  private static Path byDefault(String name) {
    String time =
        LocalDateTime.now(ZoneId.systemDefault())
            .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    return Path.of("runs", name.replaceAll("[^A-Za-z0-9_]", "_") + "-" + time);
  }

  /**
   * Checks that the folder may be written, before any work is done for it.
   *
   * @param data the prepared data set that is read, if any
   * @throws InvalidInputException if the folder exists and may not be replaced, or holds the data:
   *     a run that replaces its own data would leave nobody with any
   */
  void requireFree(Optional<Path> data) throws IOException {
    for (Path run : new Path[] {RunAtWork.beside(path), path}) {
      if (!force && SavedRun.isUnfinished(run)) {
        throw new InvalidInputException(
            String.format(
                "%s: an unfinished run; resume it with '%s', or replace it with force (--force)",
                run, SavedRun.resumeCommand(path)));
      }
    }
    AtomicFolder.requireFree(path, force);
    RunAtWork.requireIdle(path);
    if (data.isPresent()
        && Files.exists(path)
        && data.get().toRealPath().startsWith(path.toRealPath())) {
      throw new InvalidInputException(
          path + ": holds the data set " + data.get() + ", which force (--force) would replace");
    }
  }

  /** Lets {@code writer} fill an empty folder, which takes this one's name at the end. */
  void write(IOConsumer<Path> writer) throws IOException {
    AtomicFolder.write(path, force, writer);
  }
}
