package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import java.util.Optional;

/**
 * What a guess makes of raw rows.
 *
 * @param name of the data set
 * @param csv how the files are written
 * @param rows how many were looked at
 * @param missing texts that mean a missing value, with the columns that have them
 * @param formats of columns whose values are not recognised by themselves
 * @param columns what each column is for
 * @param labels which labels are taken
 * @param split which rows are for testing
 * @param notes what people should not miss
 */
record GuessedTable(
    String name,
    CsvDescription csv,
    long rows,
    ImmutableListMultimap<String, String> missing,
    ImmutableMap<String, ValueFormat> formats,
    ImmutableList<GuessedColumn> columns,
    GuessedLabels labels,
    GuessedSplit split,
    ImmutableList<String> notes) {

  /** The first column of a role. */
  Optional<GuessedColumn> first(ColumnRole role) {
    return columns.stream().filter(column -> column.role() == role).findFirst();
  }

  /** The same with one more note. */
  GuessedTable noted(String note) {
    return new GuessedTable(
        name,
        csv,
        rows,
        missing,
        formats,
        columns,
        labels,
        split,
        ImmutableList.<String>builder().add(note).addAll(notes).build());
  }
}
