package io.scenerank.files;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder {@code <target>.tmp-<process>-<random>} next to a target, in which the target's new
 * content is written and its old one waits to be deleted. It holds a lock that goes with the
 * process: what a killed process left is removed by the next that writes the same target.
 */
final class Staging implements AutoCloseable {
  private static final String MARK = ".tmp-";
  private static final Pattern NAME = Pattern.compile("(.+)\\.tmp-([0-9a-f]{8})-[0-9a-f]{8}");
  private static final String LOCK = "lock";
  private static final String CONTENT = "new";
  private static final String OLD = "old";
  private static final String GONE = "gone";

  private final Path place;
  private final Path folder;
  private final LockFile lock;
  private final Thread onExit;

  private Staging(Path place, Path folder, LockFile lock) {
    this.place = place;
    this.folder = folder;
    this.lock = lock;
    this.onExit = new Thread(() -> deleteQuietly(folder), "scenerank-cleanup");
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  /** Deletes what killed processes left next to the target, then makes the folder. */
  static Staging beside(Path place) throws IOException {
    Path parent = place.getParent();
    if (parent == null) {
      throw new InvalidInputException(place + ": is the root folder, expected a path inside it");
    }
    Files.createDirectories(parent);
    cleanUp(parent, Optional.of(place.getFileName().toString()));
    while (true) {
      Path folder = Files.createDirectory(place.resolveSibling(place.getFileName() + suffix()));
      try {
        Optional<LockFile> lock = LockFile.tryLock(folder.resolve(LOCK));
        if (lock.isPresent()) {
          return new Staging(place, folder, lock.get());
        }
      } catch (NoSuchFileException e) {
        // Another process took the new folder, still without a lock, for a leftover.
      } catch (IOException | RuntimeException e) {
        deleteQuietly(folder);
        throw e;
      }
    }
  }

  private static String suffix() {
    return MARK + process() + String.format("-%08x", ThreadLocalRandom.current().nextInt());
  }

  /** Differs between processes, also where they have one number in different containers. */
  private static String process() {
    ProcessHandle own = ProcessHandle.current();
    return Hashing.murmur3_32_fixed()
        .hashString(own.pid() + " " + own.info().startInstant(), StandardCharsets.UTF_8)
        .toString();
  }

  /** Where the new content is written. */
  Path content() {
    return folder.resolve(CONTENT);
  }

  /** Gives the content the target's name; what had it waits for {@link #close}. */
  void commit() throws IOException {
    commit(content());
  }

  /**
   * Gives {@code ready} the target's name; what had it waits for {@link #close}.
   *
   * @param ready complete, on the target's file system
   */
  void commit(Path ready) throws IOException {
    Path old = folder.resolve(OLD);
    boolean replaces = Files.exists(place, LinkOption.NOFOLLOW_LINKS);
    if (replaces) {
      Files.move(place, old, StandardCopyOption.ATOMIC_MOVE);
    }
    try {
      Files.move(ready, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      if (replaces) {
        Files.move(old, place, StandardCopyOption.ATOMIC_MOVE);
      }
      throw e;
    }
  }

  /** Takes the target away; it waits for {@link #close}. */
  void discard() throws IOException {
    Files.move(place, folder.resolve(GONE), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Deletes the folder with all that is left in it. */
  @Override
  public void close() throws IOException {
    deleteQuietly(folder);
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      // The JVM is shutting down and the hook runs: the same deletion.
    }
    lock.close();
  }

  /**
   * Removes what killed processes left in a folder.
   *
   * @param target the name of the target that they wrote; empty for all
   */
  static void cleanUp(Path parent, Optional<String> target) {
    for (Path folder : leftovers(parent, target)) {
      try (LockFile lock = LockFile.tryExisting(folder.resolve(LOCK)).orElse(null)) {
        if (lock != null) {
          restore(folder);
          deleteQuietly(folder);
        }
      } catch (NoSuchFileException e) {
        // Its owner ended before it had the lock, or while it deleted the folder.
        deleteQuietly(folder);
      } catch (IOException e) {
        // Not ours to remove, and in nobody's way.
      }
    }
  }

  /** The folders of other processes than this one, which removes its own. */
  private static List<Path> leftovers(Path parent, Optional<String> target) {
    try (Stream<Path> children = Files.list(parent)) {
      return children
          .filter(child -> isOthers(child.getFileName().toString(), target))
          .filter(child -> Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static boolean isOthers(String name, Optional<String> target) {
    Matcher parts = NAME.matcher(name);
    return parts.matches()
        && target.map(parts.group(1)::equals).orElse(true)
        && !parts.group(2).equals(process());
  }

  /** Ends an exchange that was cut off between its two steps: the new content, or else the old. */
  private static void restore(Path folder) throws IOException {
    String name = folder.getFileName().toString();
    Path place = folder.resolveSibling(name.substring(0, name.lastIndexOf(MARK)));
    Path old = folder.resolve(OLD);
    Path content = folder.resolve(CONTENT);
    if (Files.exists(old) && !Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(Files.exists(content) ? content : old, place, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static void deleteQuietly(Path folder) {
    try {
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    } catch (IOException e) {
      // The outcome is decided by now; a leftover that cannot be deleted must not change it.
    }
  }
}
