package io.scenerank.data;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.feature.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes a folder that appears whole or not at all: everything goes into {@code
 * <target>.tmp-<random>} beside it, which takes the target's name at the end.
 */
public final class AtomicFolder {
  private AtomicFolder() {}

  /**
   * Lets {@code writer} fill an empty folder, then gives it the name {@code target}. Whatever fails
   * on the way, an old folder stays as it was and no half-written one is left.
   *
   * @param force whether an existing target is replaced; its old content goes only after the new
   *     one stands complete
   * @throws InvalidInputException if the target exists and {@code force} is false, or if it holds
   *     the home or the working directory, which nobody means to replace
   * @throws IOException if writing or renaming fails
   */
  public static void write(Path target, boolean force, IOConsumer<Path> writer) throws IOException {
    Path place = resolve(target);
    checkFree(target, place, force);
    Files.createDirectories(place.getParent());
    Path temp = Files.createDirectory(sibling(place, "tmp"));
    Thread onExit = new Thread(() -> deleteQuietly(temp), "scenerank-cleanup");
    Runtime.getRuntime().addShutdownHook(onExit);
    try {
      writer.accept(temp);
      checkFree(target, place, force);
      replace(temp, place);
    } finally {
      deleteQuietly(temp);
      removeHook(onExit);
    }
  }

  /** The absolute place; through a link, so that a link to the folder stays one. */
  private static Path resolve(Path target) throws IOException {
    Path place = target.toAbsolutePath().normalize();
    return Files.isSymbolicLink(place) && Files.exists(place) ? place.toRealPath() : place;
  }

  private static void checkFree(Path target, Path place, boolean force) {
    if (place.getParent() == null || holdsOurPlace(place)) {
      throw new InvalidInputException(
          target + ": is or holds the home or working directory, expected a folder of its own");
    }
    if (!force && Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      throw new InvalidInputException(target + ": exists already; replace it with --force");
    }
  }

  private static boolean holdsOurPlace(Path place) {
    return Path.of("").toAbsolutePath().startsWith(place)
        || Path.of(System.getProperty("user.home", "/")).toAbsolutePath().startsWith(place);
  }

  private static void replace(Path temp, Path place) throws IOException {
    if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(temp, place, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    Path old = sibling(place, "old");
    Files.move(place, old, StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.move(temp, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      Files.move(old, place, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
    deleteQuietly(old);
  }

  static Path sibling(Path place, String kind) {
    String random = Integer.toHexString(ThreadLocalRandom.current().nextInt() | 0x10000000);
    return place.resolveSibling(place.getFileName() + "." + kind + "-" + random);
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

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is shutting down and the hook runs: the same deletion.
    }
  }
}
