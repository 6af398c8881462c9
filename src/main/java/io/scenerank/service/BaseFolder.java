package io.scenerank.service;

import com.google.common.collect.ImmutableSortedMap;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where versions appear.
 *
 * @param base holds {@code <version>/saved_model.pb}
 * @param single whether it is one SavedModel itself
 */
record BaseFolder(Path base, boolean single) {
  private static final String MODEL = "saved_model.pb";
  private static final String OF_RUN = "saved_model";
  private static final String NUMBER = "\\d{1,18}";

  /** The version of a SavedModel whose folder has no number as its name. */
  private static final long ONLY = 1;

  /**
   * Finds the versions of a path: it is a SavedModel, the folder of a run, or a base.
   *
   * @throws InvalidInputException if it is not a folder
   */
  static BaseFolder of(Path path) {
    if (!Files.isDirectory(path)) {
      throw new InvalidInputException(
          path + ": not a folder, expected <version>/" + MODEL + " below it");
    }
    if (Files.isRegularFile(path.resolve(MODEL))) {
      return new BaseFolder(path, true);
    }
    Path ofRun = path.resolve(OF_RUN);
    return new BaseFolder(Files.isDirectory(ofRun) ? ofRun : path, false);
  }

  /**
   * The folders that are there now, by version, the newest first, complete or not.
   *
   * @throws InvalidInputException if the base cannot be read
   */
  ImmutableSortedMap<Long, Path> versions() {
    if (single) {
      String name = base.toAbsolutePath().normalize().getFileName().toString();
      return ImmutableSortedMap.of(name.matches(NUMBER) ? Long.parseLong(name) : ONLY, base);
    }
    ImmutableSortedMap.Builder<Long, Path> versions =
        ImmutableSortedMap.orderedBy(Comparator.<Long>reverseOrder());
    for (Path folder : children()) {
      versions.put(Long.parseLong(folder.getFileName().toString()), folder);
    }
    return versions.buildOrThrow();
  }

  /** Of several folders with one number, as 7 and 007, the first by name. */
  private List<Path> children() {
    try (Stream<Path> children = Files.list(base)) {
      return List.copyOf(
          children
              .filter(child -> child.getFileName().toString().matches(NUMBER))
              .filter(Files::isDirectory)
              .sorted()
              .collect(
                  ImmutableSortedMap.toImmutableSortedMap(
                      Comparator.<Long>naturalOrder(),
                      child -> Long.parseLong(child.getFileName().toString()),
                      child -> child,
                      (first, second) -> first))
              .values());
    } catch (IOException e) {
      throw new InvalidInputException(base + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }
}
