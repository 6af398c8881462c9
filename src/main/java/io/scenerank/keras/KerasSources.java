package io.scenerank.keras;

import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Opens every kind of source that holds a trained model; its content determines the kind. */
final class KerasSources {
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

  private KerasSources() {}

  /**
   * @param json the model's JSON, for a file of weights alone
   * @param need bytes that the file of a model's weights can have, before they are unpacked
   * @throws InvalidInputException naming the path if there is nothing, or nothing that is known, or
   *     it is damaged
   */
  static KerasSource open(Path path, Optional<Path> json, ToLongFunction<FunctionalModel> need) {
    if (SavedModelGraph.isThere(path)) {
      requireNone(json, path);
      return SavedModelSource.open(path);
    }
    if (Files.isDirectory(path)) {
      throw new InvalidInputException(
          path + ": not a model, expected a SavedModel (saved_model.pb is missing)");
    }
    if (!Files.isRegularFile(path)) {
      throw new InvalidInputException(path + ": no such file or folder");
    }
    byte[] head = head(path);
    if (startsWith(head, ZIP)) {
      requireNone(json, path);
      return new Hdf5Sources(path, json).archive(need);
    }
    if (startsWith(head, HDF5)) {
      return new Hdf5Sources(path, json).weights();
    }
    if (isJson(path)) {
      return new Hdf5Sources(path, json).shards();
    }
    throw new InvalidInputException(
        path + ": neither a .keras archive nor an HDF5 file nor a SavedModel folder");
  }

  /** Whether a path is a file that begins as a zip does. */
  static boolean isArchive(Path path) {
    return Files.isRegularFile(path) && startsWith(head(path), ZIP);
  }

  /** Whether a path is a file that begins as HDF5 does. */
  static boolean isHdf5(Path path) {
    return Files.isRegularFile(path) && startsWith(head(path), HDF5);
  }

  /** Whether a path is a file that begins as a JSON object does. */
  static boolean isJson(Path path) {
    return Files.isRegularFile(path) && startsWith(head(path), new byte[] {'{'});
  }

  private static void requireNone(Optional<Path> json, Path path) {
    if (json.isPresent()) {
      throw new InvalidInputException(
          path
              + ": describes its own layers; the model's JSON (--model-json) is for weights without"
              + " names");
    }
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
