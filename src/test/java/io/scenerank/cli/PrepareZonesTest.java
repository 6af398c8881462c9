package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times with offsets are instants: in the split, in bins and in expressions. */
@Tag("slow")
class PrepareZonesTest {
  private static final int ROWS = 48;
  private static final Instant FIRST = Instant.parse("2019-10-01T00:00:00Z");
  private static final String CONFIG =
      """
      labels: {click: click}
      scenario: page
      user: user_id
      split: {by: time, column: ts, test_share: 0.25}
      columns:
        - {name: hour, source: hour(ts)}
        - {name: part, source: ts, bins: 3}
        - {name: early, source: "CAST(ts < TIMESTAMP '2019-10-01 06:00:00' AS INTEGER)", type: dense}
      """;

  @TempDir private Path temp;

  /** A row each ten minutes. */
  private Path write(Function<Integer, String> time) throws IOException {
    StringBuilder text = new StringBuilder("ts,user_id,page,click\n");
    for (int i = 0; i < ROWS; i++) {
      text.append(String.format("%s,%d,p%d,%d\n", time.apply(i), i % 7, i % 3, i % 2));
    }
    return Files.writeString(temp.resolve("raw.csv"), text);
  }

  private static LocalDateTime at(int row, int hours) {
    return LocalDateTime.ofInstant(FIRST.plusSeconds(600L * row), ZoneOffset.ofHours(hours));
  }

  private static String utc(int row) {
    return at(row, 0) + ":00Z";
  }

  private Outcome prepare(Object raw) throws IOException {
    Path yaml = Files.writeString(temp.resolve("c.yaml"), CONFIG);
    return Cli.good("prepare", raw, "--config", yaml, "--out", temp.resolve("out"), "--force");
  }

  private List<String> features() throws Exception {
    String query =
        "SELECT hour, part, early FROM read_parquet(['%1$s/train.parquet', '%1$s/test.parquet'])";
    return ParquetTable.rows(temp, query.formatted(temp.resolve("out")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"+08:00", "+0800", "+08", " +08:00"})
  void halfOfTheRowsInAnotherZone(String offset) throws Exception {
    prepare(write(PrepareZonesTest::utc));
    List<String> expected = features();
    String encoded =
        new RawEncoding(temp).rows(temp.resolve("out"), temp.resolve("raw.csv"), "part").toString();
    assertThat(expected.get(ROWS - 1)).as("the newest rows, after six").endsWith("0.0");
    Path raw = write(i -> i % 2 == 0 ? utc(i) : at(i, 8) + ":00" + offset);
    Outcome outcome = prepare(raw);
    assertThat(outcome.out())
        .contains("36 rows to train on, 12 to test on (ts from 2019-10-01 06:00:00)");
    assertThat(outcome.err()).isEmpty();
    assertThat(features()).isEqualTo(expected);
    assertThat(new RawEncoding(temp).rows(temp.resolve("out"), raw, "part")).hasToString(encoded);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Z", " Z", " UTC", " GMT", ".000Z", ".123456Z", "+00:00", "-00", ""})
  void formsOfUtc(String zone) throws Exception {
    prepare(write(PrepareZonesTest::utc));
    List<String> expected = features();
    prepare(write(i -> at(i, 0).toString().replace('T', ' ').replace('-', '/') + ":00" + zone));
    assertThat(features()).isEqualTo(expected);
  }

  @Test
  void timesWithoutAZoneBesideOthersAreTold() throws Exception {
    Path raw = write(i -> i % 4 == 0 ? at(i, 0) + ":00" : utc(i));
    assertThat(prepare(raw).err())
        .contains(
            "raw.csv: column 'ts': 36 of 48 times have a zone; the others are treated as UTC");
    RawEncoding encoding = new RawEncoding(temp);
    encoding.rows(temp.resolve("out"), raw, "part");
    assertThat(encoding.report().notes()).hasSize(1);
  }

  @Test
  void timesWithZonesOfParquet() throws Exception {
    prepare(write(PrepareZonesTest::utc));
    List<String> expected = features();
    Path raw =
        ParquetTable.write(
            temp.resolve("raw.parquet"),
            "SELECT TIMESTAMPTZ '2019-10-01 08:00:00+08:00' + to_minutes(i * 10) AS ts, i % 7 AS"
                + " user_id, 'p' || i % 3 AS page, i % 2 AS click FROM range(48) t(i)");
    prepare(raw);
    assertThat(features()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2019-10-01T14:00:00+08:00", "2019-10-01 06:00", "2019-10-01T06:00:00Z"})
  void theFirstMomentOfTheTestRowsMaySayItsZone(String from) throws Exception {
    Path raw = write(PrepareZonesTest::utc);
    Path yaml =
        Files.writeString(
            temp.resolve("c.yaml"),
            CONFIG.replace("test_share: 0.25", "test_from: '" + from + "'"));
    assertThat(Cli.good("prepare", raw, "--config", yaml, "--out", temp.resolve("o")).out())
        .contains("36 rows to train on, 12 to test on");
  }

  @ParameterizedTest
  @ValueSource(strings = {" CST", " Asia/Shanghai", " PDT"})
  void namesOfZonesAreNoTimes(String zone) throws Exception {
    Path raw = write(i -> at(i, 0) + ":00" + zone);
    Path yaml = Files.writeString(temp.resolve("c.yaml"), CONFIG);
    Cli.invalid("raw.csv: ", "prepare", raw, "--config", yaml, "--out", temp.resolve("none"));
  }
}
