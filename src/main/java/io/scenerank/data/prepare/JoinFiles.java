package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a description's side tables.
 *
 * @param byJoin of each side table
 */
record JoinFiles(ImmutableMap<JoinDescription, SourceFiles> byJoin) {

  /**
   * Finds the files. A description may come from anybody, so that it does not reach what lies
   * elsewhere, not by links either.
   *
   * @param base folder of relative paths
   * @param places the folders in which, or below which, the files must be
   * @throws InvalidInputException naming a file that is not there, or is elsewhere
   */
  static JoinFiles find(List<JoinDescription> joins, Path base, List<Path> places)
      throws IOException {
    Map<JoinDescription, SourceFiles> files = new LinkedHashMap<>();
    for (JoinDescription join : joins) {
      if (!files.containsKey(join)) {
        files.put(join, find("joins", join.file(), base, places));
      }
    }
    return new JoinFiles(ImmutableMap.copyOf(files));
  }

  /**
   * Finds the files of a name in a description.
   *
   * @param what what messages call it
   * @throws InvalidInputException as the other one
   */
  static SourceFiles find(String what, String file, Path base, List<Path> places)
      throws IOException {
    Path named = base.resolve(file).toAbsolutePath().normalize();
    // Before anything is looked up: a pattern would list foreign folders.
    if (places.stream().noneMatch(place -> named.startsWith(place.toAbsolutePath().normalize()))) {
      throw outside(what, file, named, places);
    }
    SourceFiles found = SourceFiles.find(file, base);
    for (Path path : found.files()) {
      if (!isIn(path.toRealPath(), places)) {
        throw outside(what, file, path.toRealPath(), places);
      }
    }
    return found;
  }

  private static boolean isIn(Path real, List<Path> places) throws IOException {
    for (Path place : places) {
      if (real.startsWith(place.toRealPath())) {
        return true;
      }
    }
    return false;
  }

  private static InvalidInputException outside(
      String what, String file, Path found, List<Path> places) {
    return new InvalidInputException(
        String.format(
            "%s: file '%s' is %s, expected a file in the folder of the description or of the raw"
                + " files (%s); tables (--tables FOLDER) allow another folder",
            what, file, found, places.get(0).toAbsolutePath().normalize()));
  }

  /** The files of a side table. */
  SourceFiles of(JoinDescription join) {
    return requireNonNull(byJoin.get(join), join.file());
  }

  /** The files of all. */
  ImmutableList<Path> files() {
    return byJoin.values().stream()
        .flatMap(source -> source.files().stream())
        .collect(ImmutableList.toImmutableList());
  }
}
