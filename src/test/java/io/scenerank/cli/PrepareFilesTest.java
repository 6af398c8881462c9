package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.data.DuckDb;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ParquetTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prepare FILE --config}: what becomes of somebody's rows. */
@Tag("slow")
class PrepareFilesTest {
  private static final String RAW =
      "\ufeffuser_id,city,\"weird, name\",genres,price,day,page,rating\r\n"
          + "12,北京,a,1|2,0.5,2020-01-01,home,5\r\n"
          + "12.0,\"New\nYork\",b,2|3|4,1.5,2020-01-02,home,1\r\n"
          + "7,,a,,2.5,2020-01-03,search,4\r\n"
          + "7,  北京 ,b,9,3.5,2020-01-04,search,3\r\n"
          + "99,Paris,\"\",4|8,4.5,2020-01-05,quiet,5\r\n";

  private static final String CONFIG =
      """
      name: films
      labels: {liked: rating >= 4}
      scenario: {column: page, names: {home: Home page}}
      user: user_id
      split: {by: time, column: day, test_from: 2020-01-05}
      emb_dim: 4
      columns:
        - {name: city}
        - {name: weird, source: '"weird, name"'}
        - {name: genres, type: sequence, delimiter: "|", max_len: 3}
        - {name: price, bins: 2}
        - {name: cost, source: price * 2, type: dense}
        - {name: bucket, source: city, hash: 5}
      """;

  @TempDir private Path temp;

  private Path raw(String text) throws IOException {
    return Files.writeString(temp.resolve("raw.csv"), text);
  }

  private Path config(String text) throws IOException {
    return Files.writeString(temp.resolve("films.yaml"), text);
  }

  @Test
  void everyKindOfColumnOfADirtyFile() throws Exception {
    Path out = temp.resolve("data");
    Outcome outcome = Cli.good("prepare", raw(RAW), "--config", config(CONFIG), "--out", out);
    assertThat(outcome.out())
        .startsWith("4 rows to train on, 1 to test on (day from 2020-01-05)")
        .contains("Values of test rows that do not occur in the training rows: ");
    assertThat(outcome.err())
        .contains("scenarios that only test rows have, which become 'unseen' (id 0): quiet");

    String all = "SELECT user_id, city, weird, genres, price, cost, page, liked FROM %s";
    assertThat(ParquetTable.rows(out.resolve("train.parquet"), all))
        .as("12.0 is 12; the line break is a blank; nothing is 0; zeros in front")
        .containsExactly(
            "2|2|1|[0, 1, 2]|1|1.0|1|1",
            "2|1|2|[2, 3, 4]|1|3.0|1|0",
            "1|0|1|[0, 0, 0]|2|5.0|2|1",
            "1|2|2|[0, 0, 5]|2|7.0|2|0");
    assertThat(ParquetTable.rows(out.resolve("test.parquet"), all))
        .as("99, Paris, 8 and quiet do not occur in the training rows")
        .containsExactly("0|0|0|[0, 4, 0]|2|9.0|0|1");
    assertThat(vocabulary(out, "user_id")).containsExactly("7|1", "12|2");
    assertThat(vocabulary(out, "city")).containsExactly("New York|1", "北京|2");
    assertThat(vocabulary(out, "genres")).containsExactly("1|1", "2|2", "3|3", "4|4", "9|5");
    assertThat(ParquetTable.rows(out.resolve("train.parquet"), "SELECT typeof(COLUMNS(*)) FROM %s"))
        .element(0)
        .isEqualTo("INTEGER|INTEGER|INTEGER[]|INTEGER|FLOAT|INTEGER|INTEGER|INTEGER|TINYINT");
    assertThat(out.resolve("prepare.yaml")).hasContent(CONFIG);
    assertThat(out.resolve(".work")).doesNotExist();

    JsonNode schema = new ConfigMapper().readTree(out.resolve("schema.json"));
    assertThat(schema.at("/scenario/names").toString())
        .isEqualTo("[\"unseen\",\"Home page\",\"search\"]");
    assertThat(schema.at("/vocabularies/city").asText()).isEqualTo("vocab/city.parquet");
    assertThat(schema.get("feature_columns").findValuesAsText("vocab_size"))
        .containsExactly("3", "3", "6", "3", "0", "6", "3", "3");
  }

  private static List<String> vocabulary(Path data, String table) throws Exception {
    return ParquetTable.rows(
        data.resolve("vocab/" + table + ".parquet"), "SELECT value, id FROM %s");
  }

  @Test
  void namesThatLookLikePatternsAreNames() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("logs[1]"));
    Path file = Files.writeString(folder.resolve("rows[1].csv"), RAW);
    String header = RAW.substring(0, RAW.indexOf('\n') + 1);
    Files.writeString(folder.resolve("rows1.csv"), header);
    Files.writeString(Files.createDirectories(temp.resolve("logs1")).resolve("rows1.csv"), header);
    Path yaml = config(CONFIG);
    Path out = folder.resolve("data[1]");
    Cli.good("prepare", file, "--config", yaml, "--out", out);
    Path expected = temp.resolve("expected");
    Cli.good("prepare", raw(RAW), "--config", yaml, "--out", expected);
    assertThat(out.resolve("train.parquet"))
        .hasSameBinaryContentAs(expected.resolve("train.parquet"));
    assertThat(out.resolve("vocab/city.parquet"))
        .hasSameBinaryContentAs(expected.resolve("vocab/city.parquet"));
  }

  @Test
  void thePlaceAndTheFormOfTheFilesMakeNoDifference() throws Exception {
    Path expected = temp.resolve("expected");
    Path yaml = config(CONFIG);
    Cli.good("prepare", raw(RAW), "--config", yaml, "--out", expected);
    String header = RAW.substring(0, RAW.indexOf('\n') + 1);
    int half = RAW.indexOf("7,,a");
    Path folder = Files.createDirectory(temp.resolve("folder"));
    Files.writeString(folder.resolve("a.csv"), RAW.substring(0, half));
    Files.write(folder.resolve("b.csv.gz"), gzip(header + RAW.substring(half)));
    Files.writeString(folder.resolve("_SUCCESS.csv"), "not data");
    Path parquet =
        ParquetTable.write(
            temp.resolve("raw.parquet"),
            "SELECT user_id::DOUBLE AS user_id, city, \"weird, name\", genres, price::DOUBLE AS"
                + " price, day::DATE AS day, page, rating::TINYINT AS rating FROM read_csv("
                + DuckDb.text(raw(RAW).toString())
                + ", all_varchar = true, header = true, delim = ',', quote = '\"')",
            "FORMAT parquet, COMPRESSION brotli");
    Path tabs =
        Files.writeString(
            temp.resolve("tabs.tsv"),
            RAW.replace("weird, ", "weird;").replace(",", "\t").replace("weird;", "weird, "));
    for (Object source : new Object[] {folder, folder + "/[ab].csv*", parquet, tabs}) {
      Path out = temp.resolve("out");
      Cli.good("prepare", source, "--config", yaml, "--out", out, "--force");
      for (String file : List.of("train.parquet", "test.parquet", "vocab/city.parquet")) {
        assertThat(out.resolve(file))
            .as("%s of %s", file, source)
            .hasBinaryContent(Files.readAllBytes(expected.resolve(file)));
      }
    }
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void sideTablesJoinAndRowsKeepTheirOrder() throws Exception {
    Files.createDirectory(temp.resolve("sides"));
    Files.writeString(
        temp.resolve("sides/users.csv"), "id,age,city\n7,31,Rome\n12,,Oslo\n55,20,Bonn\n");
    Path out = temp.resolve("data");
    Path yaml =
        config(
            """
            labels: {liked: rating >= 4}
            scenario: page
            user: user_id
            split: {by: time, column: day, test_share: 0.3}
            joins: [{file: sides/users.csv, on: {user_id: id}, prefix: u_}]
            columns:
              - {name: age, source: u_age, type: dense, missing: -1}
              - {name: home, source: u_city, emb_name: place}
              - {name: city, emb_name: place}
            """);
    Cli.good("prepare", raw(RAW), "--config", yaml, "--out", out);
    assertThat(ParquetTable.rows(out.resolve("train.parquet"), "SELECT age, home, city FROM %s"))
        .as("New York 1, Oslo 2, Rome 3, 北京 4")
        .containsExactly("-1.0|2|4", "-1.0|2|1", "31.0|3|0", "31.0|3|4");
    assertThat(ParquetTable.rows(out.resolve("test.parquet"), "SELECT age, home, city FROM %s"))
        .containsExactly("-1.0|0|0");

    Files.writeString(temp.resolve("sides/users.csv"), "id,age,city\n7,31,Rome\n7.0,3,Oslo\n");
    Cli.invalid(
        "sides/users.csv: '7' occurs 2 times in [id], expected once",
        "prepare",
        raw(RAW),
        "--config",
        yaml,
        "--out",
        out,
        "--force");
    Files.writeString(temp.resolve("sides/users.csv"), "uid,age,city\n7,31,Rome\n");
    Cli.invalid(
        "joins: there is no column 'id'; did you mean 'uid'?",
        "prepare",
        raw(RAW),
        "--config",
        yaml,
        "--out",
        out,
        "--force");
    assertThat(vocabulary(out, "place")).as("the old data set is unchanged").hasSize(4);
  }

  @Test
  void rareValuesShareTheIdZero() throws Exception {
    Path out = temp.resolve("data");
    Path yaml = config(CONFIG.replace("{name: city}", "{name: city, min_count: 2}"));
    Cli.good("prepare", raw(RAW), "--config", yaml, "--out", out);
    assertThat(vocabulary(out, "city")).containsExactly("北京|1");
  }

  @Test
  void aListColumnAndNullsOfParquet() throws Exception {
    Path raw =
        ParquetTable.write(
            temp.resolve("raw.parquet"),
            "SELECT * FROM (VALUES (1, ['x', 'y', NULL, 'z'], true, 1::BIGINT, 1.5::FLOAT),"
                + " (2, NULL, false, NULL, 'nan'), (3, ['y', 'new'], true, 7, NULL))"
                + " t(id, history, clicked, tab, score)");
    Path out = temp.resolve("data");
    Path yaml =
        config(
            """
            labels: {clicked: clicked}
            scenario: tab
            user: id
            split: {by: time, column: id, test_share: 0.4}
            columns:
              - {name: history, type: sequence, max_len: 2, combiner: "mean,mha"}
              - {name: score, type: dense, missing: 0.25}
            """);
    Cli.good("prepare", raw, "--config", yaml, "--out", out);
    assertThat(ParquetTable.rows(out.resolve("train.parquet"), "SELECT * FROM %s"))
        .containsExactly("[2, 3]|1.5|1|1|1", "[0, 0]|0.25|0|2|0");
    assertThat(ParquetTable.rows(out.resolve("test.parquet"), "SELECT * FROM %s"))
        .containsExactly("[2, 0]|0.25|0|0|1");
  }

  @Test
  void nanOfARawColumnIsMissingInExpressions() throws Exception {
    Path parquet = temp.resolve("raw.parquet");
    String rows =
        "SELECT i AS user_id, i % 2 AS page, CASE WHEN i % 4 = 0 THEN 'nan'::DOUBLE ELSE i + 0.5"
            + " END AS price FROM range(1, 41) t(i)";
    ParquetTable.write(parquet, rows);
    Path csv = temp.resolve("raw.csv");
    StringBuilder text = new StringBuilder("user_id,page,price\n");
    for (int i = 1; i <= 40; i++) {
      text.append(i + "," + i % 2 + "," + (i % 4 == 0 ? "NaN" : i + 0.5 + "") + "\n");
    }
    Files.writeString(csv, text);
    String config =
        """
        name: prices
        labels: {dear: %s}
        scenario: page
        user: user_id
        split: {by: random, test_share: 0.2, seed: 1}
        where: %s
        columns: [{name: user_id}, {name: page}]
        """;
    for (Path raw : List.of(parquet, csv)) {
      Cli.invalid(
          ": found nothing, expected true or false; 'missing: skip' under the label leaves rows",
          "prepare",
          raw,
          "--config",
          config(config.formatted("price > 100", "true")),
          "--out",
          temp.resolve("refused"));
      Path out = temp.resolve("data-" + raw.getFileName());
      Cli.good(
          "prepare",
          raw,
          "--config",
          config(config.formatted("price > 20", "price > 0")),
          "--out",
          out);
      long dear = 0;
      long all = 0;
      for (String split : List.of("train", "test")) {
        for (String label :
            ParquetTable.rows(out.resolve(split + ".parquet"), "SELECT dear FROM %s")) {
          dear += Long.parseLong(label);
          all++;
        }
      }
      assertThat(all).as("rows with a price").isEqualTo(30);
      assertThat(dear).as("of them above 20").isEqualTo(15);
    }
  }
}
