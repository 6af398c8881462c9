package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.data.DuckDb;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.prepare.DatasetPreparation.PrepareReport;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A file of feature values and labels on their way to the two files of a data set.
 *
 * @param values the file, with a flag {@link FeatureRows#TRAIN}
 */
record SplitValues(WorkDatabase database, Path values) {
  /** Which rows are to train on. */
  static final String TRAIN = FeatureRows.TRAIN;

  /** Which rows are to test on. */
  static final String TEST = "NOT " + FeatureRows.TRAIN;

  /** All rows. */
  static final String ALL = "true";

  /**
   * The rows, as what follows FROM.
   *
   * @param which one of the constants
   */
  String rows(String which) {
    return "(SELECT * FROM " + WorkDatabase.rows(values) + " WHERE " + which + ")";
  }

  long count(String which) throws SQLException {
    return number("count(*)", which);
  }

  /**
   * A number over some of the rows.
   *
   * @param aggregate SQL
   * @param which one of the constants
   */
  long number(String aggregate, String which) throws SQLException {
    return database.number("SELECT " + aggregate + " FROM " + rows(which));
  }

  /**
   * What the rows become.
   *
   * @param vocabularies in the database
   * @param split how the rows to test on were told apart
   * @param extension which values got ids, where the rows extend a data set
   */
  record Encoded(
      Schema schema,
      FeatureIds ids,
      Vocabularies vocabularies,
      SplitRule split,
      Optional<IdGrowth> extension) {}

  /**
   * Writes the data set: the schema and both files.
   *
   * @param measured of which rows the report tells what no vocabulary holds: one of the constants
   * @param notes lines of the report besides those of the database
   */
  PrepareReport write(Encoded encoded, String measured, ImmutableList<String> notes, Path folder)
      throws SQLException, IOException {
    Schema schema = encoded.schema();
    Files.writeString(
        folder.resolve(PreparedDataset.SCHEMA), new ConfigMapper().toJson(schema) + "\n");
    long train = count(TRAIN);
    long test = count(TEST);
    write(encoded, TRAIN, train, folder.resolve(PreparedDataset.TRAIN));
    write(encoded, TEST, test, folder.resolve(PreparedDataset.TEST));
    Unseen unseen = Unseen.of(database, encoded.ids(), rows(measured));
    return new PrepareReport(
        train,
        test,
        encoded.split().text(),
        encoded.vocabularies().sizes(),
        unseen.values(),
        unseenScenarios(schema, measured),
        ImmutableList.<String>builder().addAll(database.notes()).addAll(notes).build(),
        encoded.extension().map(growth -> growth.report(unseen)));
  }

  private void write(Encoded encoded, String which, long count, Path file) throws SQLException {
    Schema schema = encoded.schema();
    String labels =
        Stream.concat(
                schema.tasks().stream(), schema.targets().weightColumns(schema.tasks()).stream())
            .map(name -> ", " + DuckDb.name(name))
            .collect(Collectors.joining());
    database.write(
        "SELECT " + encoded.ids().select() + labels + " FROM " + rows(which),
        file,
        schema.fingerprint(),
        new WorkDatabase.Step(file.getFileName().toString(), count, "rows"));
  }

  /** The scenarios of rows that no vocabulary has. */
  private ImmutableList<String> unseenScenarios(Schema schema, String which) throws SQLException {
    FeatureColumn scenario =
        schema.layout().columns().stream()
            .filter(column -> column.name().equals(schema.scenario().column()))
            .findFirst()
            .orElseThrow();
    String value = DuckDb.name(scenario.name());
    return database.query(
        String.format(
            "SELECT DISTINCT %s AS v FROM %s WHERE v IS NOT NULL AND %s IS NULL ORDER BY v",
            value, rows(which), Vocabularies.known(scenario.embName(), value)),
        row -> row.getString(1));
  }

  /** A line about a label that tells no row from another; empty where it does. */
  ImmutableList<String> constantLabel(String task) throws SQLException {
    return database.query(
        String.format(
            "SELECT min(%1$s), count(%1$s) FROM %2$s HAVING min(%1$s) = max(%1$s) AND count(%1$s) > 1",
            DuckDb.name(task), rows(ALL)),
        row ->
            String.format(
                Locale.ROOT,
                "label '%s' is %s in all %,d rows",
                task,
                row.getString(1),
                row.getLong(2)));
  }
}
