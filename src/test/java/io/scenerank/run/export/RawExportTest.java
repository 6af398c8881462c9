package io.scenerank.run.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.scenerank.cli.Cli;
import io.scenerank.cli.ParquetFloats;
import io.scenerank.cli.RawLog;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.CandidateRanker;
import io.scenerank.serve.Features;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.raw.RawEncoder;
import io.scenerank.serve.raw.RawEncoder.Count;
import io.scenerank.serve.raw.RawEncoder.RawRanker;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.Compiler;
import io.scenerank.testing.Page;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataType;

/** {@code export --raw} of a run that was trained on a data set of {@code prepare}. */
@Tag("slow")
class RawExportTest {
  /** Rounding alone: the command scores in one batch, and so does the signature. */
  private static final float TOLERANCE = 1e-6f;

  private static final String DESCRIPTION =
      """
      labels: {click: ts % 3 = 0, like: ts % 5 = 0}
      scenario: page
      user: user
      split: {by: time, column: ts, test_from: 80}
      missing_values: ["NULL"]
      min_count: 2
      columns:
        - {name: item, group: [dnn, pepnet]}
        - {name: tags, type: sequence, delimiter: ";", max_len: 3}
        - {name: size, bins: 5}
        - {name: price, type: dense, missing: 0.5}
        - {name: bucket, source: tags, hash: 7}
      """;

  /** Users, items, tags, sizes and prices as a caller of the model has them. */
  private static final Features CALLED =
      Features.builder()
          .strings("user", " u1", "u2\t", "nobody", "NULL", "u3", "u5")
          .strings("page", "home", "search", "home", "quiet", " home ", "")
          .longs("item", 3, 12, 12, -1, 4, 7)
          .strings("tags", "标签1; x1", "x1;x2;x0;标签1", "", "NULL", ";;x2", "other")
          .doubles("size", 30, 1e9, Double.NaN, -5, 81, 30.5)
          .floats("price", 0.3f, 0.5f, Float.NaN, Float.POSITIVE_INFINITY, -1, 0)
          .strings("bucket", "标签1; x1", "x1;x2;x0;标签1", "", "NULL", ";;x2", "other")
          .build();

  /** The same as a file has them. */
  private static final String FILE =
      """
      user,page,item,tags,size,price
       u1,home,3.0,标签1; x1,30,0.3
      "u2\t",search,12,x1;x2;x0;标签1,1e9,0.5
      nobody,home,12.,,,
      NULL,quiet,gone,NULL,-5,inf
      u3, home ,4,;;x2,81,-1
      u5,,7,other,30.5,0
      """;

  @TempDir private static Path shared;
  private static Path data;
  private static Path run;

  @TempDir private Path temp;

  @BeforeAll
  static void prepareAndTrain() throws Exception {
    Path raw =
        RawLog.write(shared.resolve("raw.csv"), "'u' || i % 7 AS user, i * 7 % 13 AS item", 100);
    data = prepare(raw, DESCRIPTION, "data");
    run = RawLog.train(data, shared.resolve("run"), 2);
  }

  private static Path prepare(Path raw, String description, String name) throws IOException {
    Path yaml = Files.writeString(shared.resolve(name + ".yaml"), description);
    Path out = shared.resolve(name);
    Cli.good("prepare", raw, "--config", yaml, "--out", out);
    return out;
  }

  private Path export(Object... more) {
    Path base = temp.resolve("models");
    Object[] first = {"export", run, "--format", "saved_model", "--out", base, "--raw"};
    Cli.good(Stream.of(first, more).flatMap(Arrays::stream).toArray());
    return base;
  }

  @Test
  void theModelScoresRawValuesAsTheCommandDoes() throws Exception {
    Path base = export();
    Path file = Files.writeString(temp.resolve("rows.csv"), FILE);
    Path out = temp.resolve("scores.parquet");
    Cli.good("predict", run, "--input", file, "--output", out);
    float[][] expected = ParquetFloats.read(out);
    try (SavedModelPredictor raw = SavedModelPredictor.load(base.resolve("1"), "raw", 1)) {
      assertThat(raw.inputs().values())
          .extracting(input -> input.name() + " " + input.dataType())
          .containsExactly(
              "bucket " + DataType.DT_STRING,
              "item " + DataType.DT_INT64,
              "page " + DataType.DT_STRING,
              "price " + DataType.DT_FLOAT,
              "size " + DataType.DT_DOUBLE,
              "tags " + DataType.DT_STRING,
              "user " + DataType.DT_STRING);
      List<String> tasks = List.of("click", "like");
      for (int task = 0; task < tasks.size(); task++) {
        assertThat(raw.predict(CALLED).get(tasks.get(task)))
            .usingComparatorWithPrecision(TOLERANCE)
            .containsExactly(expected[task]);
      }
      assertThat(expected[0]).as("the rows differ").doesNotHaveDuplicates();
    }
  }

  @Test
  void theDataSetHasTheSameEncoding() throws Exception {
    Path base = export();
    export("--data", data);
    try (SavedModelPredictor own = SavedModelPredictor.load(base.resolve("1"), "raw", 1);
        SavedModelPredictor named = SavedModelPredictor.load(base.resolve("2"), "raw", 1)) {
      assertThat(named.predict(CALLED).get("like"))
          .containsExactly(own.predict(CALLED).get("like"));
    }
  }

  /** The rows of {@link #FILE} as a service has them. */
  private static List<Map<String, Object>> requests() {
    return Arrays.stream(FILE.replace("\"u2\t\"", "u2\t").split("\n"))
        .skip(1)
        .map(
            line -> {
              String[] values = line.split(",", -1);
              Map<String, Object> row = new HashMap<>();
              for (int i = 0; i < values.length; i++) {
                row.put(List.of("user", "page", "item", "tags", "size", "price").get(i), values[i]);
              }
              return row;
            })
        .toList();
  }

  @Test
  void theEncoderOfTheExportAndOfTheRunScoreRowsAsTheCommandDoes() throws Exception {
    Path base = export();
    Path file = Files.writeString(temp.resolve("rows.csv"), FILE);
    Path out = temp.resolve("scores.parquet");
    Cli.good("predict", run, "--input", file, "--output", out);
    float[][] expected = ParquetFloats.read(out);
    Set<String> ofUser = Set.of("user", "page");
    try (SavedModelPredictor model = SavedModelPredictor.load(base);
        CandidateRanker split = CandidateRanker.load(base, ofUser, 1)) {
      RawEncoder exported = RawEncoder.open(base);
      RawEncoder trained = RawEncoder.open(run);
      List<Map<String, Object>> rows = requests();
      for (RawEncoder encoder : List.of(exported, trained)) {
        assertThat(encoder.over(model).predictRaw(rows).get("click"))
            .usingComparatorWithPrecision(TOLERANCE)
            .containsExactly(expected[0]);
      }
      assertThat(trained.counts()).isEqualTo(exported.counts());
      assertThat(exported.counts().get("item")).isEqualTo(new Count(6, 1));
      // The candidates of the first row's user.
      Map<String, Object> user = new HashMap<>(rows.get(0));
      user.keySet().retainAll(ofUser);
      List<Map<String, Object>> candidates = new ArrayList<>();
      for (Map<String, Object> row : rows) {
        row.keySet().removeAll(ofUser);
        candidates.add(row);
      }
      RawRanker repeated = exported.over(model);
      float[] ranked = repeated.rankRaw(user, candidates).get("click");
      assertThat(ranked[0]).isCloseTo(expected[0][0], within(TOLERANCE));
      assertThat(repeated.with(split).rankRaw(user, candidates).get("click"))
          .usingComparatorWithPrecision(TOLERANCE)
          .containsExactly(ranked);
    }
  }

  @Test
  void theDocumentedLinesRankRawRows() throws Exception {
    String lines =
        Page.section("docs/serving.md#Raw features in Java")
            .code("java")
            .get(0)
            .replace("\"models/own\"", "\"" + export() + "\"");
    String imports =
        lines.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"));
    String body =
        lines.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
    Path source =
        Files.writeString(
            temp.resolve("Lines.java"),
            imports
                + "\npublic class Lines { public static float[] run() throws Exception {"
                + body.substring(0, body.lastIndexOf('}'))
                + "return click; }}}");
    Compiler.compile(ChildProcess.classpath(), temp, List.of(source));
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {temp.toUri().toURL()}, getClass().getClassLoader())) {
      float[] click = (float[]) loader.loadClass("Lines").getMethod("run").invoke(null);
      assertThat(click).hasSize(2).doesNotHaveDuplicates();
    }
  }

  @Test
  void anExportWithoutRawValuesHasNoEncoder() throws Exception {
    Path base = temp.resolve("models");
    Cli.good("export", run, "--format", "saved_model", "--out", base);
    assertThatThrownBy(() -> RawEncoder.open(base))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            base.resolve("1/assets.extra/raw_encoding.json")
                + ": no such file, expected in an export that takes raw values ('export --raw' of a"
                + " run whose data came from 'prepare')");
    assertThatThrownBy(() -> RawEncoder.open(temp.resolve("nothing")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(temp.resolve("nothing") + ": not a SavedModel (saved_model.pb is missing)");
  }

  @Test
  void whatAGraphCannotEncodeIsRefused() throws Exception {
    Path other =
        prepare(
            shared.resolve("raw.csv"),
            DESCRIPTION.replace("{name: price,", "{name: price, source: price * 2,"),
            "other");
    Path base = temp.resolve("models");
    Cli.invalid(
        other.resolve("encoding.json")
            + ": a graph cannot encode: column 'price' is the SQL expression 'price * 2', expected"
            + " a single column as source; 'predict' encodes such rows, or leave the columns out",
        "export",
        run,
        "--format",
        "saved_model",
        "--out",
        base,
        "--raw",
        "--data",
        other,
        "--ignore-encoding");
    assertThat(base).doesNotExist();
  }

  @Test
  void aDataSetOfAnotherEncodingIsRefused() throws Exception {
    Path other =
        prepare(shared.resolve("raw.csv"), DESCRIPTION.replace("bins: 5", "bins: 3"), "binned");
    Cli.invalid(
        other.resolve("schema.json") + ": encoded otherwise than what " + run + " was trained on",
        "export",
        run,
        "--format",
        "saved_model",
        "--out",
        temp.resolve("models"),
        "--raw",
        "--data",
        other);
  }
}
