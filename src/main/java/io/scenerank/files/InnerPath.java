package io.scenerank.files;

import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Paths in files of a folder that somebody may have handed over: they stay inside the folder, so
 * that they neither read nor write anything else.
 */
public final class InnerPath {
  private InnerPath() {}

  /**
   * Checks that a path's text leads into the folder, links aside.
   *
   * @param what names the path in messages
   * @throws InvalidInputException if it is empty, absolute or goes up
   */
  public static void require(String what, String path) {
    if (path == null || path.isEmpty() || !isInner(path)) {
      throw outside(what, path);
    }
  }

  private static boolean isInner(String path) {
    try {
      Path parsed = Path.of(path);
      for (Path part : parsed) {
        if (part.toString().equals("..")) {
          return false;
        }
      }
      return !parsed.isAbsolute();
    } catch (InvalidPathException e) {
      // A name that the locale cannot encode leads nowhere: resolving it fails and names the
      // locale.
      return path.indexOf('\0') < 0;
    }
  }

  /**
   * A file of a folder. A file that is not there is not checked for links.
   *
   * @param what names the path in messages
   * @throws InvalidInputException if the path, or a link on it, is outside the folder
   */
  public static Path resolve(Path folder, String what, String path) {
    require(folder + ": " + what, path);
    Path file = folder.resolve(path);
    if (leadsOut(folder, file)) {
      throw outside(folder + ": " + what, path);
    }
    return file;
  }

  /**
   * A file of a folder by its fixed name. A file that is not there is not checked for links.
   *
   * @throws InvalidInputException if a link on the path is outside the folder
   */
  public static Path resolve(Path folder, String name) {
    Path file = folder.resolve(name);
    if (leadsOut(folder, file)) {
      throw outside(folder.toString(), name);
    }
    return file;
  }

  private static boolean leadsOut(Path folder, Path file) {
    try {
      return !file.toRealPath().startsWith(folder.toRealPath());
    } catch (IOException e) {
      return false; // The caller that opens it says that it is missing.
    }
  }

  /**
   * Checks that no link in a folder, however deep, leads out of it, so that neither what is read
   * there nor what is written lies elsewhere. The folder itself may be a link.
   *
   * @throws InvalidInputException naming a link that leads out
   */
  public static void requireLinksInside(Path folder) {
    if (!Files.isDirectory(folder)) {
      return; // The caller that opens it says that it is missing.
    }
    try {
      Path root = folder.toRealPath();
      try (Stream<Path> files = Files.walk(root)) {
        for (Path link : files.filter(Files::isSymbolicLink).toList()) {
          if (!target(link).startsWith(root)) {
            throw outside(folder.toString(), root.relativize(link).toString());
          }
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new InvalidInputException(folder + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /** Of a link to nothing, what it would lead to: writing through it makes that. */
  private static Path target(Path link) throws IOException {
    return Files.exists(link)
        ? link.toRealPath()
        : link.resolveSibling(Files.readSymbolicLink(link)).normalize();
  }

  private static InvalidInputException outside(String what, String path) {
    return new InvalidInputException(
        String.format("%s: '%s' is outside the folder, expected a file inside it", what, path));
  }
}
