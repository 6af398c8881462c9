package io.scenerank.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/**
 * A file that one process holds at a time. The system takes the lock back when the process ends,
 * however it ends; the file itself stays.
 */
public final class LockFile implements AutoCloseable {
  private final FileLock lock;

  private LockFile(FileLock lock) {
    this.lock = lock;
  }

  /**
   * Takes the lock, on a file that is created where there is none.
   *
   * @return empty if it is held, by another process or this one, or its holder deletes the file
   * @throws java.nio.file.NoSuchFileException if the folder is not there
   * @throws IOException if the file cannot be opened or the file system has no locks
   */
  public static Optional<LockFile> tryLock(Path file) throws IOException {
    return tryLock(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
  }

  /**
   * Takes the lock on a file that is there.
   *
   * @return empty if it is held
   * @throws java.nio.file.NoSuchFileException if the file is not there
   */
  static Optional<LockFile> tryExisting(Path file) throws IOException {
    return tryLock(file, Set.of(StandardOpenOption.WRITE));
  }

  private static Optional<LockFile> tryLock(Path file, Set<OpenOption> options) throws IOException {
    FileChannel channel = FileChannel.open(file, options);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null && Files.exists(file)) {
        return Optional.of(new LockFile(lock));
      }
    } catch (OverlappingFileLockException e) {
      // Another thread of this process holds it.
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return Optional.empty();
  }

  /** Gives the lock back. */
  @Override
  public void close() throws IOException {
    lock.acquiredBy().close();
  }
}
