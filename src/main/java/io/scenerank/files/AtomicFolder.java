package io.scenerank.files;

import io.scenerank.config.Causes;
import io.scenerank.config.InvalidInputException;
import io.scenerank.files.AtomicFile.IOConsumer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Writes a folder that appears whole or not at all: everything is written into {@code
 * <target>.tmp-<random>} next to the target and gets the target's name at the end. What a killed
 * process left there is removed by the next that writes the target.
 */
public final class AtomicFolder {
  private AtomicFolder() {}

  /**
   * Lets {@code writer} fill an empty folder, then gives it the name {@code target}. If anything
   * fails on the way, the old folder is unchanged and no half-written folder is left.
   *
   * @param force whether an existing target is replaced; its old content is deleted only after the
   *     new one is complete
   * @throws InvalidInputException if the target exists and {@code force} is false, or if it holds
   *     the home or the working directory, which nobody wants to replace
   * @throws IOException if writing or renaming fails
   */
  public static void write(Path target, boolean force, IOConsumer<Path> writer) throws IOException {
    Path place = place(target);
    checkFree(target, place, force);
    try (Staging staging = Staging.beside(place)) {
      checkFree(target, place, force); // An exchange that was cut off may have been ended.
      writer.accept(Files.createDirectory(staging.content()));
      checkFree(target, place, force);
      staging.commit();
    } catch (IOException e) {
      throw Causes.at(target, e);
    }
  }

  /**
   * Gives a complete folder the name {@code target}, in place of what had it.
   *
   * @param ready on the file system of the target
   * @throws InvalidInputException as {@link #write}
   */
  public static void replace(Path target, Path ready) throws IOException {
    Path place = place(target);
    checkFree(target, place, true);
    try (Staging staging = Staging.beside(place)) {
      staging.commit(ready);
    }
  }

  /** Deletes a folder, of which nothing is seen from the first moment on. */
  public static void delete(Path target) throws IOException {
    try (Staging staging = Staging.beside(target.toAbsolutePath().normalize())) {
      staging.discard();
    }
  }

  /** Removes everything that killed processes left in a folder. */
  public static void cleanUp(Path folder) {
    Staging.cleanUp(folder, Optional.empty());
  }

  /** The absolute place; through a link, so that a link to the folder stays one. */
  public static Path place(Path target) throws IOException {
    Path place = target.toAbsolutePath().normalize();
    return Files.isSymbolicLink(place) && Files.exists(place) ? place.toRealPath() : place;
  }

  /**
   * Checks that a folder may be written, before any work is done for it.
   *
   * @throws InvalidInputException as {@link #write}
   */
  public static void requireFree(Path target, boolean force) throws IOException {
    checkFree(target, place(target), force);
  }

  private static void checkFree(Path target, Path place, boolean force) {
    if (place.getParent() == null || holdsOurPlace(place)) {
      throw new InvalidInputException(
          target + ": is or contains the home or working directory, expected another folder");
    }
    if (!force && Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      throw new InvalidInputException(target + ": exists already; replace it with force (--force)");
    }
  }

  private static boolean holdsOurPlace(Path place) {
    return Path.of("").toAbsolutePath().startsWith(place)
        || Path.of(System.getProperty("user.home", "/")).toAbsolutePath().startsWith(place);
  }
}
