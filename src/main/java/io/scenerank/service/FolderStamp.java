package io.scenerank.service;

import com.google.common.collect.ImmutableSortedMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.LoadedModel;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the files of a folder look like: another stamp means other files.
 *
 * @param files size, time of change and key of each file, by its path
 */
record FolderStamp(ImmutableSortedMap<String, String> files) {
  private static final String MODEL = "saved_model.pb";

  /**
   * @throws InvalidInputException if the folder cannot be read, for instance because it is deleted
   */
  static FolderStamp of(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return new FolderStamp(
          files
              .filter(Files::isRegularFile)
              .map(file -> Map.entry(folder.relativize(file).toString(), attributes(file)))
              .collect(
                  ImmutableSortedMap.toImmutableSortedMap(
                      Comparator.<String>naturalOrder(), Map.Entry::getKey, Map.Entry::getValue)));
    } catch (IOException | UncheckedIOException e) {
      throw new InvalidInputException(folder + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static String attributes(Path file) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return found.size() + " " + found.lastModifiedTime() + " " + found.fileKey();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether there is a model at all. */
  boolean hasModel() {
    return files.containsKey(MODEL);
  }

  /** Whether it is complete as soon as it is there: this library's exports appear by a rename. */
  boolean isOwnExport() {
    return files.containsKey(LoadedModel.DESCRIPTION.replace("/", File.separator));
  }
}
