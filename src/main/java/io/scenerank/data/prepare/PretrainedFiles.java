package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of pretrained embeddings of a description.
 *
 * @param byTable the file of each table that has one
 */
record PretrainedFiles(ImmutableMap<String, Path> byTable) {
  /** Of a description without any. */
  static final PretrainedFiles NONE = new PretrainedFiles(ImmutableMap.of());

  /**
   * Finds the files, which lie where those of side tables may lie.
   *
   * @param base folder of relative paths
   * @param places the folders in which, or below which, the files must be
   * @throws InvalidInputException naming a file that is not there, is elsewhere or is not Parquet
   */
  static PretrainedFiles find(Description description, Path base, List<Path> places)
      throws IOException {
    Map<String, Path> files = new LinkedHashMap<>();
    for (ColumnDescription column : description.columns()) {
      if (column.pretrained() != null) {
        String what = "column '" + column.name() + "': pretrained";
        files.put(
            column.embName(),
            only(what, JoinFiles.find(what, column.pretrained().file(), base, places)));
      }
    }
    return new PretrainedFiles(ImmutableMap.copyOf(files));
  }

  /**
   * The files of these names next to raw files: those that came with the rows of a new day.
   *
   * @param folders of the raw files
   */
  static PretrainedFiles nextTo(Description description, List<Path> folders) throws IOException {
    Map<String, Path> files = new LinkedHashMap<>();
    for (ColumnDescription column : description.columns()) {
      if (column.pretrained() != null) {
        for (Path folder : folders) {
          Path file = folder.resolve(column.pretrained().file()).normalize();
          if (file.startsWith(folder) && Files.isRegularFile(file)) {
            String what = "column '" + column.name() + "': pretrained";
            files.put(
                column.embName(),
                only(what, JoinFiles.find(what, column.pretrained().file(), folder, folders)));
          }
        }
      }
    }
    return new PretrainedFiles(ImmutableMap.copyOf(files));
  }

  private static Path only(String what, SourceFiles found) {
    Path first = found.files().get(0);
    if (found.files().size() > 1 || !found.parquet()) {
      throw new InvalidInputException(
          String.format("%s: file is %s, expected one Parquet file", what, first));
    }
    return first;
  }

  /** All of them. */
  ImmutableList<Path> all() {
    return byTable.values().asList();
  }

  /** The file of a table. */
  Path of(String table) {
    return requireNonNull(byTable.get(table), table);
  }
}
