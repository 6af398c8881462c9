package io.scenerank.data.prepare;

import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.duckdb.DuckDBConnection;

/** Writes a random table: one file, or one in each folder of its partitions. */
record FuzzWriter(FuzzTable table) {
  private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9.]+([eE][-+]?[0-9]+)?");
  private static final String NO_VALUE = "__HIVE_DEFAULT_PARTITION__";

  /** What to name to a command: the file or the outer folder. */
  Path write(Path folder) throws IOException, SQLException {
    FuzzTable.Place place = table.place();
    if (table.partitions().isEmpty()) {
      return write(folder.resolve(place.name() + ending()), allRows());
    }
    Path outer = Files.createDirectory(folder.resolve(place.name()));
    Map<String, List<Integer>> byFolder = new LinkedHashMap<>();
    for (int row : allRows()) {
      byFolder.computeIfAbsent(partition(row), key -> new ArrayList<>()).add(row);
    }
    for (Map.Entry<String, List<Integer>> part : byFolder.entrySet()) {
      Path inner = Files.createDirectories(outer.resolve(part.getKey()));
      write(inner.resolve("part-00000" + ending()), part.getValue());
    }
    return outer;
  }

  private String ending() {
    return table.place().parquet()
        ? ".parquet"
        : table.file().delimiter().equals("\t") ? ".tsv" : ".csv";
  }

  private List<Integer> allRows() {
    return IntStream.range(0, table.rows()).boxed().toList();
  }

  private String partition(int row) {
    return table.partitions().stream()
        .map(column -> column.name() + "=" + encoded(column.texts().get(row)))
        .collect(Collectors.joining("/"));
  }

  /** As Hive, which leaves letters of all scripts as they are, or as DuckDB, which does not. */
  private String encoded(String value) {
    if (value == null) {
      return NO_VALUE;
    }
    if (table.place().allEncoded()) {
      return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
    return Pattern.compile("[\"#%'*/:=?\\\\{}\\[\\]^\\p{Cc}]")
        .matcher(value)
        .replaceAll(mark -> String.format("%%%02X", (int) mark.group().charAt(0)));
  }

  private Path write(Path file, List<Integer> rows) throws IOException, SQLException {
    if (table.place().parquet()) {
      parquet(file, rows);
      return file;
    }
    return Files.writeString(file, csv(rows), StandardCharsets.UTF_8);
  }

  private void parquet(Path file, List<Integer> rows) throws SQLException {
    List<FuzzColumn> columns = table.inFiles();
    String values =
        rows.stream()
            .map(
                row ->
                    columns.stream()
                        .map(column -> column.texts().get(row))
                        .collect(Collectors.joining(", ", "(", ")")))
            .collect(Collectors.joining(", "));
    String names =
        columns.stream().map(c -> DuckDb.name(c.name())).collect(Collectors.joining(", "));
    try (DuckDBConnection connection = DuckDb.open(new DuckDbOptions(1), Optional.empty())) {
      DuckDb.execute(connection, "SET TimeZone = 'UTC'");
      DuckDb.execute(
          connection,
          String.format(
              "COPY (SELECT * FROM (VALUES %s) AS t(%s)) TO %s (FORMAT parquet)",
              values, names, DuckDb.text(file.toString())));
    }
  }

  private String csv(List<Integer> rows) {
    FuzzTable.Format format = table.file();
    List<FuzzColumn> columns = table.inFiles();
    StringBuilder text = new StringBuilder(format.mark() ? "\ufeff" : "");
    text.append(format.end().repeat(format.blankLines()));
    if (format.header()) {
      text.append(line(columns.stream().map(FuzzColumn::name).toList()));
    }
    for (int row : rows) {
      text.append(line(columns.stream().map(column -> column.texts().get(row)).toList()));
    }
    if (!format.lastEnd()) {
      text.setLength(text.length() - format.end().length());
    }
    return text.toString();
  }

  private String line(List<String> fields) {
    return fields.stream()
        .map(field -> field == null ? table.file().missing() : quoted(field))
        .collect(Collectors.joining(table.file().delimiter(), "", table.file().end()));
  }

  private String quoted(String field) {
    FuzzTable.Format format = table.file();
    boolean needs =
        field.contains(format.delimiter()) || field.contains("\"") || field.contains("\n");
    boolean has =
        switch (format.quoting()) {
          case MINIMAL -> needs;
          case NO_NUMBERS -> needs || !NUMBER.matcher(field).matches();
          case ALL -> true;
        };
    return has ? '"' + field.replace("\"", format.escape() + '"') + '"' : field;
  }
}
