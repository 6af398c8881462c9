package io.scenerank.serve.raw;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.prepare.SavedEncoding;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.RawEncoding;
import io.scenerank.feature.Schema;
import io.scenerank.serve.LoadedModel;
import io.scenerank.serve.SavedModelPredictor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a folder says of raw values: an export, a run or a prepared data set.
 *
 * @param columns those that the model reads, or the data set has
 * @param encoding how they are encoded; empty where rows hold ids
 */
record RawFolder(ImmutableList<FeatureColumn> columns, Optional<RawEncoding> encoding) {
  private static final String RUN = "config.yaml";
  private static final String SCHEMA = "schema.json";
  private static final String COLUMNS = "feature_columns";

  /**
   * Reads a folder.
   *
   * @param wanted which features
   * @throws InvalidInputException if it is none of the three, or says nothing of raw values
   */
  static RawFolder read(Path folder, Predicate<String> wanted) {
    if (Files.isRegularFile(folder.resolve(RUN))) {
      return ofRun(folder, columns(folder.resolve(RUN), wanted));
    }
    if (Files.isRegularFile(folder.resolve(SCHEMA))) {
      return ofData(folder, wanted);
    }
    Path export = SavedModelPredictor.folder(folder);
    Path description = export.resolve(LoadedModel.DESCRIPTION);
    if (!Files.isRegularFile(description)) {
      throw new InvalidInputException(
          description + ": no such file, expected an export of this library, a run or a data set");
    }
    return ofExport(export, columns(description, wanted));
  }

  private static ImmutableList<FeatureColumn> columns(Path file, Predicate<String> wanted) {
    JsonNode columns = new ConfigMapper().readTree(file).path(COLUMNS);
    return FeatureColumn.list(columns, file + ": " + COLUMNS).stream()
        .filter(column -> wanted.test(column.name()))
        .collect(ImmutableList.toImmutableList());
  }

  private static RawFolder ofRun(Path run, ImmutableList<FeatureColumn> columns) {
    for (FeatureColumn column : columns) {
      if (column.isText()) {
        throw new InvalidInputException(
            String.format(
                "%s: feature '%s' holds texts as they are, expected features of ids and numbers;"
                    + " give the model its texts, and open the other features by name",
                run, column.name()));
      }
    }
    return SavedEncoding.isIn(run)
        ? new RawFolder(columns, Optional.of(prepared(run, columns)))
        : new RawFolder(columns, Optional.empty());
  }

  private static RawFolder ofData(Path data, Predicate<String> wanted) {
    ConfigMapper mapper = new ConfigMapper();
    Path file = data.resolve(SCHEMA);
    ImmutableList<FeatureColumn> columns =
        mapper
            .convert(mapper.readTree(file), Schema.class, file.toString())
            .layout()
            .columns()
            .stream()
            .filter(column -> wanted.test(column.name()))
            .collect(ImmutableList.toImmutableList());
    return ofRun(data, columns);
  }

  /** DuckDB reads the vocabularies of a data set and of a run. */
  private static RawEncoding prepared(Path folder, ImmutableList<FeatureColumn> columns) {
    return SavedEncoding.forServing(
        folder,
        columns.stream().map(FeatureColumn::name).collect(Collectors.toSet()),
        DuckDbOptions.DEFAULT);
  }

  private static RawFolder ofExport(Path export, ImmutableList<FeatureColumn> columns) {
    Path file = export.resolve(LoadedModel.RAW_ENCODING);
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(
          file
              + ": no such file, expected in an export that takes raw values ('export --raw' of a"
              + " run whose data came from 'prepare')");
    }
    return new RawFolder(columns, Optional.of(RawEncoding.read(file, export.resolve("assets"))));
  }
}
