package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.DuckDb;
import io.scenerank.data.PreparedDataset;
import io.scenerank.feature.Schema;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.stream.Collectors;

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
   * The rows, as what stands behind FROM.
   *
   * @param which one of the constants
   */
  String rows(String which) {
    return "(SELECT * FROM " + WorkDatabase.rows(values) + " WHERE " + which + ")";
  }

  long count(String which) throws SQLException {
    return database.number("SELECT count(*) FROM " + rows(which));
  }

  /** Writes both files. */
  void write(Schema schema, FeatureIds ids, Path folder) throws SQLException {
    write(schema, ids, TRAIN, folder.resolve(PreparedDataset.TRAIN));
    write(schema, ids, TEST, folder.resolve(PreparedDataset.TEST));
  }

  private void write(Schema schema, FeatureIds ids, String which, Path file) throws SQLException {
    String labels =
        schema.tasks().stream().map(task -> ", " + DuckDb.name(task)).collect(Collectors.joining());
    database.write(
        "SELECT " + ids.select() + labels + " FROM " + rows(which),
        file,
        schema.fingerprint(),
        new WorkDatabase.Step(file.getFileName().toString(), count(which), "rows"));
  }

  /** The scenarios of rows that no vocabulary has. */
  ImmutableList<String> unseenScenarios(ColumnDescription scenario, String which)
      throws SQLException {
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
            "SELECT min(%1$s), count(*) FROM %2$s HAVING min(%1$s) = max(%1$s) AND count(*) > 1",
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
