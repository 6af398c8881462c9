package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.prepare.DatasetPreparation;
import io.scenerank.data.prepare.PrepareOptions;
import io.scenerank.data.prepare.RawData;
import io.scenerank.data.prepare.SavedEncoding;
import io.scenerank.data.prepare.SavedEncoding.RawReport;
import io.scenerank.model.Models;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Assume;

/**
 * Random raw rows, and a data set that the command prepared of others of the same description.
 *
 * @param description of both
 * @param rows texts by raw column
 * @param raw the rows as a file
 */
public record PreparedRawRows(
    Path folder, String description, List<Map<String, String>> rows, Path raw) {
  private static final PrepareOptions OPTIONS =
      new PrepareOptions(DuckDbOptions.DEFAULT, "", (step, done, total, unit) -> {});

  private static final int TRAINING_ROWS = 60;
  private static final int ROWS = 80;

  /** What the SELECT makes of texts where a file has no texts for them. */
  private static final String TYPED =
      "TRY_CAST(count AS BIGINT) AS count, TRY_CAST(number AS DOUBLE) AS number,"
          + " TRY_CAST(finite AS DOUBLE) AS finite, TRY_CAST(flag AS BOOLEAN) AS flag,"
          + " string_split(texts, chr(1)) AS texts,"
          + " [TRY_CAST(x AS BIGINT) FOR x IN string_split(integers, chr(1))] AS integers";

  /** The same of the further columns of {@link RawRowsGenerator#withMore}. */
  private static final String TYPED_MORE =
      ", string_split(tag_list, chr(1)) AS tag_list,"
          + " CASE WHEN vector <> '' THEN [TRY_CAST(x AS DOUBLE) FOR x IN"
          + " string_split(vector, chr(1))] END AS vector";

  /** Prepares a data set and makes rows, in the folder. */
  public static PreparedRawRows make(RawRowsGenerator generator, Path folder, boolean parquet)
      throws Exception {
    String description = generator.description();
    Path training = write(generator.rows(TRAINING_ROWS), folder.resolve("training"), parquet);
    List<Map<String, String>> rows = generator.rows(ROWS);
    PreparedRawRows made =
        new PreparedRawRows(
            folder, description, rows, write(rows, folder.resolve("rows"), parquet));
    made.prepare(training);
    return made;
  }

  /** The data set. */
  public Path data() {
    return folder.resolve("data");
  }

  /** The rows as the command encodes them, in a file. */
  public Path encoded() {
    return folder.resolve("encoded.parquet");
  }

  /**
   * Random rows may leave a vocabulary without a value, which is refused and not looked at here.
   */
  private void prepare(Path training) throws IOException {
    try {
      Path config = Files.writeString(folder.resolve("description.yaml"), description);
      DatasetPreparation.described(RawData.files(training.toString()), config)
          .write(OPTIONS, Models.standard().groups(), ImmutableList.of(), data(), false);
    } catch (InvalidInputException e) {
      assertThat(e).hasMessageContaining("no value occurs often enough in the training rows");
      Assume.that(false);
    }
  }

  /** Encodes the rows into {@link #encoded}, as the command does. */
  public RawReport encode(Set<String> features) throws IOException {
    return SavedEncoding.open(data(), OPTIONS)
        .encode(
            RawData.files(raw.toString()),
            features,
            Files.createDirectory(folder.resolve("work")),
            encoded());
  }

  /** CSV, or Parquet in which numbers are numbers and lists are lists. */
  private static Path write(List<Map<String, String>> rows, Path file, boolean parquet)
      throws Exception {
    StringBuilder csv = new StringBuilder(String.join(",", rows.get(0).keySet())).append('\n');
    for (Map<String, String> row : rows) {
      csv.append(
              row.values().stream()
                  .map(text -> '"' + text.replace("\"", "\"\"") + '"')
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
    Path text = Files.writeString(Path.of(file + ".csv"), csv);
    boolean hasMore = rows.get(0).containsKey("vector");
    return parquet
        ? ParquetTable.write(
            Path.of(file + ".parquet"),
            String.format(
                "SELECT * REPLACE (%s) FROM read_csv('%s', all_varchar = true, header = true,"
                    + " nullstr = 'no text is null', quote = '\"', escape = '\"', delim = ',')",
                hasMore ? TYPED + TYPED_MORE : TYPED, text))
        : text;
  }
}
