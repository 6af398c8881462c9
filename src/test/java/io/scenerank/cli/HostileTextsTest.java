package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.testing.Canary;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs and data sets whose files say what nobody means well: paths, SQL, tags and counts. A command
 * that reads them touches only the folders that it was given.
 */
@Tag("slow")
class HostileTextsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A placeholder for the output folder. */
  private static final String OUT = "<OUT>";

  private static final ImmutableList<String> PATHS =
      ImmutableList.of(
          "../canary/secret.parquet",
          "vocab/../../canary/secret.parquet",
          "./../canary/secret.parquet",
          "vocab/./.././../canary/secret.parquet",
          "vocab/item.parquet/../../../canary/secret.parquet",
          "VOCAB/../../canary/secret.parquet",
          "../CANARY/secret.parquet",
          "..\\canary\\secret.parquet",
          "%2e%2e/canary/secret.parquet",
          "..",
          "../",
          "",
          "/",
          OUT,
          OUT + "/secret.parquet",
          "/" + OUT + "/secret.parquet",
          "file://" + OUT + "/secret.parquet",
          "FILE:" + OUT + "/secret.parquet",
          "~/secret.parquet",
          "$HOME/secret.parquet",
          "s3://bucket/secret.parquet",
          "https://localhost:1/secret.parquet",
          "vocab/*.parquet",
          "vocab/../../canary/*.parquet",
          "../**/secret.parquet",
          "vocab/item.parquet' UNION ALL FROM '" + OUT + "/secret.parquet",
          "vocab/item.parquet'); COPY (SELECT 1) TO '" + OUT + "/absent.csv'; --",
          "vocab/\u0000",
          "vocab/\n../../canary/secret.parquet");

  private static final ImmutableList<String> OF_ENCODING =
      ImmutableList.of(
          "/description/labels/clicked",
          "/description/where",
          "/description/user",
          "/description/scenario/column",
          "/description/split/column",
          "/description/joins/0/file",
          "/description/columns/0/name",
          "/description/columns/0/source",
          "/description/columns/0/emb_name",
          "/description/columns/0/delimiter",
          "/description/columns/1/source",
          "/sides/0/prefix",
          "/sides/0/on/user",
          "/sides/0/columns/0/name",
          "/sides/0/columns/1/type",
          "/kinds/user",
          "/types/item",
          "/hash_function");

  /** Parts of an encoding that may be missing. */
  private static final ImmutableList<String> PARTS =
      ImmutableList.of(
          "/description",
          "/description/columns",
          "/description/columns/0/source",
          "/description/labels",
          "/kinds",
          "/kinds/item",
          "/sides",
          "/sides/0/file",
          "/sides/0/on",
          "/sides/0/on/user",
          "/sides/0/prefix",
          "/sides/0/columns",
          "/sides/0/columns/1/name",
          "/sides/0/columns/1/type",
          "/sides/0/columns/1/kind",
          "/integer_sequences",
          "/edges",
          "/hash_function",
          "/types",
          "/types/item");

  private static final ImmutableList<String> SQL =
      ImmutableList.of(
          "(SELECT count(*) FROM read_csv('" + OUT + "/secret.csv')) > 0",
          "x\"; COPY (SELECT 1) TO '" + OUT + "/absent.csv'; --",
          "'; ATTACH '" + OUT + "/absent.csv'; --",
          OUT + "/secret.csv");

  private static final ImmutableList<String> OF_SCHEMA =
      ImmutableList.of(
          "/name",
          "/source",
          "/user_column",
          "/scenario/column",
          "/scenario/names/0",
          "/tasks/0",
          "/feature_columns/0/name",
          "/feature_columns/0/emb_name",
          "/feature_columns/0/type",
          "/feature_columns/0/initializer",
          "/feature_columns/0/group/0");

  /** A text of {@code config.yaml}, and its replacement. */
  private static final String[][] OF_CONFIG = {
    {"model: shared_bottom", "model: ../../canary"},
    {"model: shared_bottom", "model: " + OUT + "/secret.csv"},
    {"model: shared_bottom", "model: !!java.io.File [" + OUT + "/absent.csv]"},
    {"model: shared_bottom", "model: !!java.net.URL ['file://" + OUT + "/secret.csv']"},
    {"model: shared_bottom", "model: &a [*a]"},
    {"model: shared_bottom", "model: {$ref: " + OUT + "/secret.csv}"},
    {"model: shared_bottom", "model: '${file:" + OUT + "/secret.csv}'"},
    {"model: shared_bottom", "include: " + OUT + "/secret.csv\nmodel: shared_bottom"},
    {"epochs: 1", "epochs: 99999999999999999999"},
    {"batch_size: 128", "batch_size: 2147483648"},
    {"learning_rate: 0.004", "learning_rate: 1e400"},
    {"monitor: auc_macro", "monitor: " + OUT + "/secret.csv"},
    {"schedule: cosine", "schedule: ../../canary/secret.csv"},
    {"optimizer: lazy_adam", "optimizer: " + OUT + "/secret.csv"},
    {"activation: relu", "activation: ../../canary/secret.csv"},
    {"- clicked", "- ../../canary/absent"},
    {"name: item", "name: " + OUT + "/absent.csv"},
    {"emb_name: item", "emb_name: ../../canary/absent"},
    {"emb_name: item", "emb_name: " + OUT + "/secret.parquet"},
    {"vocab_size: 8", "vocab_size: 9223372036854775807"},
    {"vocab_size: 8", "vocab_size: -1"},
    {"emb_dim: 8", "emb_dim: 99999999999"},
    {"type: sparse", "type: " + OUT + "/secret.csv"},
    {"initializer: uniform", "initializer: " + OUT + "/secret.csv"},
    {"combiner: \"\"", "combiner: ../../canary/secret.csv"},
  };

  private static final String[][] OF_STATE = {
    {"/epoch", "\"../../canary\""},
    {"/epoch", "2147483647"},
    {"/epoch", "-1"},
    {"/best_epoch", "2147483647"},
    {"/step", "9223372036854775807"},
    {"/rows", "-1"},
    {"/position/step", "2147483647"},
    {"/seed", "\"" + OUT + "/secret.csv\""},
  };

  @TempDir private static Path shared;
  private static HandedOver made;

  @TempDir private Path temp;
  private Path data;
  private Path run;
  private Path out;
  private Canary canary;
  private ReadingCommands commands;

  /**
   * A run and a data set that somebody hands over.
   *
   * @param file of both, or of the run alone
   * @param place a pointer into JSON, or a text of YAML
   * @param value JSON, or a text of YAML
   * @param refused whether every command says no
   */
  private record Handed(
      String file, String place, String value, boolean refused, List<String> commands) {
    @Override
    public String toString() {
      return file + " " + place + " " + value;
    }
  }

  private static String quoted(String text) {
    return JSON.getNodeFactory().textNode(text).toString();
  }

  static List<Handed> handed() {
    List<Handed> all = new ArrayList<>();
    for (String path : PATHS) {
      String value = quoted(path);
      all.add(
          new Handed(
              "schema.json",
              "/vocabularies/item",
              value,
              true,
              List.of("input", "predict", "raw", "prepare", "prepareData", "train", "rawData")));
      all.add(
          new Handed(
              "encoding.json",
              "/sides/0/file",
              value,
              true,
              List.of("input", "predict", "prepare", "prepareData", "train")));
    }
    for (int i = 0; i < OF_ENCODING.size(); i++) {
      for (int j = i % 2; j < SQL.size(); j += 2) {
        all.add(
            new Handed(
                "encoding.json",
                OF_ENCODING.get(i),
                quoted(SQL.get(j)),
                false,
                List.of("input", "predict", "prepareData", "raw")));
      }
    }
    for (String part : PARTS) {
      all.add(
          new Handed(
              "encoding.json",
              part,
              "null",
              false,
              List.of("input", "predict", "prepareData", "raw")));
    }
    for (int i = 0; i < OF_SCHEMA.size(); i++) {
      all.add(
          new Handed(
              "schema.json",
              OF_SCHEMA.get(i),
              quoted(i % 2 == 0 ? "../../canary/secret.csv" : SQL.get(i % SQL.size())),
              false,
              List.of("evaluate", "train", "prepareData", "rawData")));
    }
    for (String[] change : OF_CONFIG) {
      all.add(
          new Handed(
              "config.yaml",
              change[0],
              change[1],
              false,
              List.of("from", "evaluate", "export", "report", "inspect")));
    }
    for (String[] change : OF_STATE) {
      all.add(
          new Handed(
              "checkpoint/epoch-00001/state.json",
              change[0],
              change[1],
              false,
              List.of("from", "evaluate", "inspect")));
    }
    return all;
  }

  @BeforeAll
  static void prepareAndTrain() throws Exception {
    made = HandedOver.in(shared);
  }

  @BeforeEach
  void copy() throws Exception {
    data = made.copy(HandedOver.DATA, temp);
    run = made.copy(HandedOver.RUN, temp);
    out = temp.resolve("out");
    canary = Canary.in(temp.resolve("canary"));
    commands = new ReadingCommands(data, run, made.raw(), out);
  }

  @Test
  void thereAreMany() {
    assertThat(handed()).hasSize(158);
  }

  private String here(String text) {
    return text.replace(OUT, canary.folder().toString());
  }

  private void change(Path file, String place, String value) throws IOException {
    if (file.toString().endsWith(".yaml")) {
      String text = Files.readString(file);
      assertThat(text).contains(place);
      Files.writeString(file, text.replaceFirst(place, value.replace("$", "\\$")));
      return;
    }
    JsonNode tree = JSON.readTree(file.toFile());
    JsonPointer pointer = JsonPointer.compile(place);
    JsonNode parent = tree.at(pointer.head());
    String last = pointer.last().getMatchingProperty();
    if (parent instanceof ArrayNode array) {
      array.set(Integer.parseInt(last), JSON.readTree(value));
    } else {
      ((ObjectNode) parent).set(last, JSON.readTree(value));
    }
    JSON.writeValue(file.toFile(), tree);
  }

  @ParameterizedTest
  @MethodSource("handed")
  void nothingElseIsTouched(Handed handed) throws IOException {
    for (Path folder : List.of(data, run)) {
      if (Files.exists(folder.resolve(handed.file()))) {
        change(folder.resolve(handed.file()), handed.place(), here(handed.value()));
      }
    }
    for (String name : handed.commands()) {
      Outcome outcome = Cli.run(commands.named(name));
      canary.requireUntouched(handed + ", " + name);
      assertThat(outcome.out() + outcome.err()).as(name).doesNotContain(Canary.WORD);
      assertThat(outcome.exitCode()).as("%s: %s", name, outcome).isIn(refusal(handed));
      requireOneLine(outcome, name);
      requireNothingElse();
    }
  }

  private static List<Integer> refusal(Handed handed) {
    return handed.refused() ? List.of(2) : List.of(0, 2);
  }

  private static void requireOneLine(Outcome outcome, String name) {
    if (outcome.exitCode() != 0) {
      assertThat(outcome.errLines()).as(name).last().asString().startsWith("scenerank: ");
      assertThat(outcome.err()).as(name).doesNotContain("Exception").doesNotContain("\tat ");
      assertThat(outcome.out()).as(name).isEmpty();
    }
  }

  /** Removes what a command wrote; there is nothing else. */
  private void requireNothingElse() throws IOException {
    HostileLinksTest.delete(out);
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).containsExactlyInAnyOrder(data, run, canary.folder());
    }
  }

  /** A page that somebody opens loads nothing, with any text in the run. */
  @Test
  void theReportLoadsNothing() throws IOException {
    String image = here("<img src='file://" + OUT + "/secret.csv'>");
    String script = here("<script src='file://" + OUT + "/secret.csv'></script>");
    change(run.resolve("report.json"), "/model", quoted(script));
    change(run.resolve("report.json"), "/data", quoted(image));
    change(run.resolve("report.json"), "/tasks/0/task", quoted(image));
    change(run.resolve("report.json"), "/scenarios/0/scenario", quoted(script));
    change(run.resolve("config.yaml"), "model: ", "# " + image + script + "\nmodel: ");
    Cli.good("report", run, "--out", out);
    assertThat(Files.readString(out))
        .contains("secret.csv")
        .doesNotContain("<img")
        .doesNotContain("<script src")
        .doesNotContain("src='file:");
    canary.requireUntouched("report");
  }
}
