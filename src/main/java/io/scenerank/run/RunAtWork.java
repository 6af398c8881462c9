package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.files.AtomicFile.IOConsumer;
import io.scenerank.files.AtomicFolder;
import io.scenerank.files.InnerPath;
import io.scenerank.files.LockFile;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A run folder that this process alone works on, marked as unfinished until {@link #finish}. It is
 * the run folder itself or, if that exists and is to be replaced, {@code RUN.new} next to it, which
 * gets the name in the end.
 */
final class RunAtWork implements AutoCloseable {
  private static final String LOCK = ".lock";
  private static final ImmutableList<String> PARTS =
      ImmutableList.of("", "checkpoint", "saved_model");

  private final Path folder;
  private final Path out;
  private final LockFile lock;

  private RunAtWork(Path folder, Path out, LockFile lock) {
    this.folder = folder;
    this.out = out;
    this.lock = lock;
  }

  /**
   * Begins a run; its folder appears with what {@code describe} writes.
   *
   * @param out may be written, as {@link OutputFolder#requireFree} has found
   * @param describe marks the run as unfinished, among others
   * @throws InvalidInputException if another process works on this run
   */
  static RunAtWork begin(OutputFolder out, IOConsumer<Path> describe) throws IOException {
    requireIdle(out.path());
    Path beside = beside(out.path());
    boolean taken = exists(AtomicFolder.place(out.path())) || exists(beside);
    Path folder = taken ? beside : out.path();
    AtomicFolder.write(folder, taken, describe);
    return lock(folder, out.path());
  }

  /**
   * Takes an unfinished run up again.
   *
   * @return empty if the run is finished
   * @throws InvalidInputException if there is no run, or another process works on it
   */
  static Optional<RunAtWork> resume(Path out, Registry registry) throws IOException {
    Path beside = beside(out);
    Path folder = exists(beside) ? beside : out;
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(out + ": no run to resume");
    }
    if (!SavedRun.isUnfinished(folder)) {
      SavedRun.open(folder, registry);
      return Optional.empty();
    }
    InnerPath.requireLinksInside(folder); // what follows writes there, and deletes
    RunAtWork work = lock(folder, out);
    PARTS.forEach(part -> AtomicFolder.cleanUp(folder.resolve(part)));
    return Optional.of(work);
  }

  /** Where the run is that will replace a folder. */
  static Path beside(Path out) throws IOException {
    Path place = AtomicFolder.place(out);
    return place.resolveSibling(place.getFileName() + ".new");
  }

  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Checks that nobody works on a run or on what will replace it.
   *
   * @throws InvalidInputException if another process does
   */
  static void requireIdle(Path out) throws IOException {
    for (Path folder : List.of(AtomicFolder.place(out), beside(out))) {
      if (Files.exists(folder.resolve(LOCK))) {
        tryLock(folder).close();
      }
    }
  }

  private static RunAtWork lock(Path folder, Path out) throws IOException {
    return new RunAtWork(folder, out, tryLock(folder));
  }

  private static LockFile tryLock(Path folder) throws IOException {
    return LockFile.tryLock(folder.resolve(LOCK))
        .orElseThrow(
            () -> new InvalidInputException(folder + ": another process works on this run"));
  }

  /** Where the run is written. */
  Path folder() {
    return folder;
  }

  /** What the run folder is called in the end. */
  Path out() {
    return out;
  }

  /** Whether there is a checkpoint, from which the run can resume. */
  boolean hasCheckpoint() throws IOException {
    return SavedRun.checkpoints(folder).exist();
  }

  /** Gives the complete run its name, and it is a finished one from then on. */
  void finish() throws IOException {
    if (!folder.equals(out)) {
      AtomicFolder.replace(out, folder);
    }
    Files.delete(out.resolve(SavedRun.UNFINISHED));
    Files.deleteIfExists(out.resolve(LOCK));
  }

  /** Deletes the run, unless it has its name already. */
  void discard() throws IOException {
    if (Files.exists(folder)) {
      AtomicFolder.delete(folder);
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
