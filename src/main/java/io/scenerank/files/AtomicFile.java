package io.scenerank.files;

import io.scenerank.config.Causes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes a file that appears whole or not at all; an existing one is replaced at the end. */
public final class AtomicFile {
  private AtomicFile() {}

  /**
   * Lets {@code writer} make a file in a folder {@code <target>.tmp-<random>}, then gives it the
   * name {@code target}.
   *
   * @throws IOException if writing or renaming fails; the old file stays and the new one is deleted
   */
  public static void write(Path target, IOConsumer<Path> writer) throws IOException {
    Path place = target.toAbsolutePath().normalize();
    try (Staging staging = Staging.beside(place)) {
      writer.accept(staging.content());
      Files.move(
          staging.content(),
          place,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw Causes.at(target, e);
    }
  }

  /** A step that takes a value and may fail with an {@link IOException}. */
  @FunctionalInterface
  public interface IOConsumer<T> {
    void accept(T value) throws IOException;
  }
}
