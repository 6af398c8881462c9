package io.scenerank.run;

import io.scenerank.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps a guess that must be completed before rows can be prepared with it.
 *
 * @param out the data set that was to be written
 */
record KeptGuess(OutputFolder out) {

  /**
   * Writes the guess to {@code OUT.yaml}, unless somebody has such a file.
   *
   * @return where it is and what to do
   */
  String keep(String yaml) throws IOException {
    Path folder = out.path().toAbsolutePath().normalize();
    Path file = folder.resolveSibling(folder.getFileName() + ".yaml");
    if (Files.exists(file) && !out.force()) {
      return "--guess without --out prints the guess, to be completed and given with --config";
    }
    AtomicFile.write(file, target -> Files.writeString(target, yaml));
    return "the guess is kept in " + file + "; complete it and prepare with --config " + file;
  }
}
