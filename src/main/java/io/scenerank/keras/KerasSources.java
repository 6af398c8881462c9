package io.scenerank.keras;

import io.scenerank.feature.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Opens whatever holds a trained model, told by its content. */
final class KerasSources {
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

  private KerasSources() {}

  /**
   * @throws InvalidInputException naming the path if there is nothing, or nothing that is known, or
   *     it is damaged
   */
  static KerasSource open(Path path) {
    if (SavedModelGraph.isThere(path)) {
      return SavedModelSource.open(path);
    }
    if (Files.isDirectory(path)) {
      throw new InvalidInputException(
          path + ": no model there, expected a SavedModel (saved_model.pb is missing)");
    }
    if (!Files.isRegularFile(path)) {
      throw new InvalidInputException(path + ": no such file or folder");
    }
    byte[] head = head(path);
    if (startsWith(head, ZIP)) {
      return Hdf5Sources.archive(path);
    }
    if (startsWith(head, HDF5)) {
      return Hdf5Sources.weights(path);
    }
    throw new InvalidInputException(
        path + ": neither a .keras archive nor an HDF5 file nor a SavedModel folder");
  }

  private static byte[] head(Path path) {
    try (InputStream in = Files.newInputStream(path)) {
      return in.readNBytes(HDF5.length);
    } catch (IOException e) {
      throw new InvalidInputException(path + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return bytes.length >= start.length
        && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }
}
