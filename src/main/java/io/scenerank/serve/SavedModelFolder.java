package io.scenerank.serve;

import com.google.protobuf.InvalidProtocolBufferException;
import io.scenerank.config.InvalidInputException;
import io.scenerank.files.InnerPath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.proto.SavedModel;

/** Finds a SavedModel and reads its graphs. */
final class SavedModelFolder {
  static final String FILE = "saved_model.pb";

  private SavedModelFolder() {}

  /**
   * The folder with {@code saved_model.pb}: the path itself, or the newest version below it, as
   * TensorFlow Serving takes it: the one with the largest number for a name.
   *
   * @param trust whether a version may lie elsewhere, behind a link
   * @throws InvalidInputException if there is none
   */
  static Path find(Path path, Trust trust) {
    if (isOne(path)) {
      return path;
    }
    Path version = newest(path).orElseThrow(() -> none(path));
    return trust == Trust.FULL
        ? version
        : InnerPath.resolve(path, version.getFileName().toString());
  }

  private static boolean isOne(Path path) {
    return Files.isRegularFile(path.resolve(FILE));
  }

  private static Optional<Path> newest(Path base) {
    if (!Files.isDirectory(base)) {
      return Optional.empty();
    }
    try (Stream<Path> children = Files.list(base)) {
      return children
          .filter(child -> child.getFileName().toString().matches("\\d{1,18}"))
          .filter(SavedModelFolder::isOne)
          .max(Comparator.comparingLong(child -> Long.parseLong(child.getFileName().toString())));
    } catch (IOException e) {
      throw new InvalidInputException(base + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static InvalidInputException none(Path path) {
    return new InvalidInputException(path + ": not a SavedModel (" + FILE + " is missing)");
  }

  /**
   * @throws InvalidInputException if the file is damaged
   */
  static SavedModel read(Path path) {
    try (InputStream in = Files.newInputStream(path.resolve(FILE))) {
      return SavedModel.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException(
          path + ": the SavedModel cannot be loaded (" + FILE + " is damaged)", e);
    } catch (IOException e) {
      throw new InvalidInputException(
          path + ": the SavedModel cannot be loaded (" + e.getMessage() + ")", e);
    }
  }
}
