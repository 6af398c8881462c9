package io.scenerank.feature;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

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
      return false;
    }
  }

  /**
   * A file of a folder. A file that is not there is not checked for links.
   *
   * @param what names the path in messages
   * @throws InvalidInputException if the path, or a link on it, leads out of the folder
   */
  public static Path resolve(Path folder, String what, String path) {
    require(folder + ": " + what, path);
    Path file = folder.resolve(path);
    try {
      if (!file.toRealPath().startsWith(folder.toRealPath())) {
        throw outside(folder + ": " + what, path);
      }
    } catch (IOException e) {
      return file; // Whoever opens it says that it is missing.
    }
    return file;
  }

  private static InvalidInputException outside(String what, String path) {
    return new InvalidInputException(
        String.format("%s: '%s' leads out of the folder, expected a file inside it", what, path));
  }
}
