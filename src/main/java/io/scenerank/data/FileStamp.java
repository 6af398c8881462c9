package io.scenerank.data;

import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Locale;
import java.util.Optional;

/**
 * What tells that a file is still the one that it was.
 *
 * @param bytes its size
 * @param modified when it was written
 * @param key what the file system calls it, where it has names besides paths; a file that is
 *     replaced under its path has another
 */
record FileStamp(long bytes, FileTime modified, Optional<Object> key) {

  /**
   * @throws InvalidInputException if there is no such file
   */
  static FileStamp of(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(file + ": no such file");
    }
    try {
      return read(file);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static FileStamp read(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new FileStamp(
        attributes.size(),
        attributes.lastModifiedTime(),
        Optional.ofNullable(attributes.fileKey()));
  }

  /**
   * @throws InvalidInputException if the file has changed since this was taken
   */
  void requireSame(Path file) {
    FileStamp now;
    try {
      now = read(file);
    } catch (IOException e) {
      throw new InvalidInputException(
          file + ": was deleted while it was read, expected to exist until the end", e);
    }
    if (!equals(now)) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: changed while it was read (%,d bytes of %s, before %,d of %s), expected no"
                  + " change until the end",
              file,
              now.bytes,
              now.modified,
              bytes,
              modified));
    }
  }
}
