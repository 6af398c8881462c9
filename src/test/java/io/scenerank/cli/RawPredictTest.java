package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code prepare}, {@code run} and then {@code predict} with raw rows. */
@Tag("slow")
class RawPredictTest {
  private static final int ROWS = 400;

  @TempDir private static Path shared;
  private static Path raw;
  private static Path data;
  private static Path run;

  @TempDir private Path temp;

  @BeforeAll
  static void prepareAndTrain() throws Exception {
    // Test rows last, so that those of the file's end are the test rows in their order.
    raw =
        RawLog.write(
            shared.resolve("raw.csv"),
            "'u' || i % 23 AS user, i * 7 % 31 + CASE WHEN i >= 300 THEN 5 ELSE 0 END AS item,"
                + " i % 3 = 0 AS clicked",
            ROWS);
    Files.writeString(
        shared.resolve("users.csv"), "user,city\nu1,Rom\nu2,Oslo\nu3,Rom\nu5,北京\nu7,Oslo\n");
    Path yaml =
        Files.writeString(
            shared.resolve("prepare.yaml"),
            """
            labels: {click: clicked, like: ts % 5 = 0}
            scenario: page
            user: user
            split: {by: time, column: ts, test_from: 300}
            joins: [{file: users.csv, on: user}]
            columns:
              - {name: item, group: [dnn, pepnet]}
              - {name: tags, type: sequence, delimiter: ";", max_len: 3}
              - {name: size, bins: 5}
              - {name: cost, source: price * 2 + 1, type: dense}
              - {name: city}
              - {name: bucket, source: tags, hash: 7}
            """);
    data = shared.resolve("data");
    Cli.good("prepare", raw, "--config", yaml, "--out", data);
    run = RawLog.train(data, shared.resolve("run"), 1);
    // What a run needs it has itself.
    Files.delete(shared.resolve("users.csv"));
  }

  private static Path scores(Path input, Path output, Object... more) {
    Object[] args = {"predict", run, "--input", input, "--output", output};
    Cli.good(Stream.concat(Arrays.stream(args), Arrays.stream(more)).toArray());
    return output;
  }

  @Test
  void rawRowsGetTheScoresOfEncodedOnes() throws Exception {
    float[] expected =
        ParquetFloats.read(scores(data.resolve("test.parquet"), temp.resolve("a.parquet")))[0];
    float[] all = ParquetFloats.read(scores(raw, temp.resolve("b.parquet")))[0];
    assertThat(all).hasSize(ROWS);
    assertThat(Arrays.copyOfRange(all, 300, ROWS))
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(expected);
    // The same rows as Parquet, with the types that DuckDB finds.
    Path parquet =
        ParquetTable.write(
            temp.resolve("raw.parquet"), "SELECT * FROM read_csv('" + raw + "', header = true)");
    float[] same = ParquetFloats.read(scores(parquet, temp.resolve("c.parquet"), "--raw"))[0];
    assertThat(same).containsExactly(all);
    assertThat(RunCommandTest.children(temp))
        .as("temporary folders are gone")
        .containsExactly("a.parquet", "b.parquet", "c.parquet", "raw.parquet");
  }

  @Test
  void unseenValuesAreCounted() throws IOException {
    Path input =
        Files.writeString(
            temp.resolve("new.csv"),
            "page,user,price,size,item,tags,more\n"
                + "home,u1,0.5,3,8.0,标签1;x1,\n"
                + "shop,nobody,0.5,,two,x1;x9;x8,z\n"
                + ",,0.5,1e9,,,\n");
    Path out = temp.resolve("scores.parquet");
    JsonNode json =
        RunCommandTest.json(Cli.good("predict", run, "--input", input, "--output", out, "--json"));
    assertThat(json.get("rows").asInt()).isEqualTo(3);
    assertThat(json.get("unseen").toString())
        .as("missing values are none, and nobody's city is missing")
        .isEqualTo("{\"item\":1,\"tags\":2,\"city\":0,\"page\":1,\"user\":1}");
    Outcome text = Cli.good("predict", run, "--input", input, "--output", out, "--force");
    assertThat(text.out().lines())
        .containsExactly(
            "3 rows scored: " + out,
            "Values that no training row had (id 0): tags 2, item 1, page 1, user 1");
  }

  @Test
  void rowsMayBringWhatASideTableHas() throws Exception {
    String header = "page,user,price,size,item,tags";
    Path joined = Files.writeString(temp.resolve("a.csv"), header + "\nhome,u5,0.5,3,8,x1\n");
    Path brought =
        Files.writeString(temp.resolve("b.csv"), header + ",city\nhome,u5,0.5,3,8,x1,北京\n");
    Path other =
        Files.writeString(temp.resolve("c.csv"), header + ",city\nhome,u5,0.5,3,8,x1,Rom\n");
    float[] expected = ParquetFloats.read(scores(joined, temp.resolve("a.parquet")))[0];
    assertThat(ParquetFloats.read(scores(brought, temp.resolve("b.parquet")))[0])
        .containsExactly(expected);
    assertThat(ParquetFloats.read(scores(other, temp.resolve("c.parquet")))[0])
        .doesNotContain(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "page,user,price,size,item|home,u1,0.5,3,8"
            + "|new.csv: column 'tags': there is no column 'tags'; did you mean 'page'?",
        "page,user,prise,size,item,tags|home,u1,0.5,3,8,x1"
            + "|new.csv: column 'cost': there is no column 'price'; did you mean 'prise'?",
        "page,price,size,item,tags|home,0.5,3,8,x1"
            + "|new.csv: there is no column 'user', by which tables/0-users.parquet is joined",
        "page,user,price,size,item,tags|home,u1,cheap,3,8,x1"
            + "|new.csv: column 'price', row 0: found 'cheap', expected number as in training",
        "page,user,price,size,item,tags|home,u1,,3,8,x1"
            + "|new.csv: column 'cost', row 0: found nothing, expected a finite float",
        "page,user,price,size,item,tags|home,u1,1,big,8,x1"
            + "|new.csv: column 'size', row 0: found 'big', expected a number",
        "page,user,price,size,item,tags,Page|home,u1,1,1,8,x1,home"
            + "|new.csv: the header has 'Page' twice",
      })
  void wrongRawRowsAreNamed(String header, String row, String message) throws IOException {
    Path input = Files.writeString(temp.resolve("new.csv"), header + "\n" + row + "\n");
    Path out = temp.resolve("scores.parquet");
    Cli.invalid(message, "predict", run, "--input", input, "--output", out);
    assertThat(RunCommandTest.children(temp)).containsExactly("new.csv");
  }

  @Test
  void aModelWithoutAnEncodingTakesNoRawRows() throws IOException {
    Path input = Files.writeString(temp.resolve("new.csv"), "user\nu1\n");
    Path model = run.resolve("saved_model/1");
    Cli.invalid(
        model.resolve("encoding.json")
            + ": no such file, expected in a run that was trained on a data set of 'prepare'",
        "predict",
        model,
        "--input",
        input,
        "--output",
        temp.resolve("scores.parquet"));
  }

  @Test
  void aRunHoldsItsVocabularies() throws IOException {
    for (String file : List.of("encoding.json", "vocab/item.parquet", "tables/0-users.parquet")) {
      assertThat(run.resolve(file)).hasBinaryContent(Files.readAllBytes(data.resolve(file)));
    }
  }
}
