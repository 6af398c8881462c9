package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.scenerank.data.PreparedDataset;
import io.scenerank.keras.KerasModels;
import io.scenerank.model.Models;
import io.scenerank.parity.ParityCheck;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.RowScorer;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that looks texts up itself, from its file to its service; written by Python. */
@Tag("slow")
class TextColumnsTest {
  private static final Path MODEL = Path.of("src/test/resources/keras/graphs/texts.keras");
  private static final Path ROWS = MODEL.resolveSibling("texts.csv");

  @TempDir private static Path shared;
  private static Path run;
  private static Path data;

  @TempDir private Path temp;

  @BeforeAll
  static void importAndPrepare() throws IOException {
    run = shared.resolve("run");
    data = shared.resolve("data");
    Cli.good("import-keras", MODEL, "--out", run);
    Outcome prepared = Cli.good("prepare", ROWS, "--config", description("text"), "--out", data);
    assertThat(prepared.out() + prepared.err()).doesNotContain("group");
  }

  /** The last 16 rows are to test on. */
  private static Path description(String typeOfGenre) throws IOException {
    String yaml =
        """
        labels: {is_click: is_click}
        scenario: page
        user: user_id
        split: {by: time, column: ts, test_share: 0.2}
        columns:
        - {name: user_id}
        - {name: genre, type: %s}
        - {name: tags, type: text, delimiter: "|", max_len: 3}
        - {name: city, type: text}
        - {name: price, type: dense}
        """;
    return Files.writeString(shared.resolve(typeOfGenre + ".yaml"), yaml.formatted(typeOfGenre));
  }

  private static List<String[]> rows() throws IOException {
    return Files.readAllLines(ROWS).stream().skip(1).map(line -> line.split(",", -1)).toList();
  }

  /** What Keras gives the rows to test on. */
  private static float[] expected() throws IOException {
    List<String[]> test = rows().subList(64, 80);
    float[] scores = new float[test.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Float.parseFloat(test.get(i)[8]);
    }
    return scores;
  }

  private static void assertScores(Ranker ranker) throws IOException {
    float[][] scores =
        new RowScorer(ranker, 5).score(PreparedDataset.open(data).test(), done -> {});
    assertThat(scores[0]).containsExactly(expected(), within(1e-6f));
  }

  @Test
  void layersBehindTextsComputeWhatKerasComputes() {
    assertThat(
            new ParityCheck(Models.standard())
                .run(MODEL, MODEL.resolveSibling("texts.cases.h5"))
                .passed())
        .isTrue();
  }

  @Test
  void rowsOfADataSetGetTheScoresOfKeras() throws IOException {
    try (Ranker ranker = KerasModels.read(MODEL).ranker()) {
      assertScores(ranker);
    }
    Path out = temp.resolve("saved");
    Cli.good("export", run, "--format", "saved_model", "--out", out);
    try (Ranker ranker = SavedModelPredictor.load(out)) {
      assertScores(ranker);
    }
    assertThat(Cli.good("evaluate", run, "--data", data).out()).contains("native graph");
    assertThat(Cli.good("evaluate", out.resolve("1"), "--data", data).out()).contains("SavedModel");
  }

  @Test
  void textsAreFeaturesOfARanker() throws IOException {
    String[] row = rows().get(0);
    Features features =
        Features.builder()
            .ids("user_id", Integer.parseInt(row[2]))
            .strings("genre", row[3])
            .strings("tags", new String[][] {{"", "long", "new"}})
            .strings("city", row[5])
            .floats("price", Float.parseFloat(row[6]))
            .build();
    try (Ranker ranker = KerasModels.read(MODEL).ranker()) {
      assertThat(ranker.predict(features).get("is_click"))
          .containsExactly(new float[] {Float.parseFloat(row[8])}, within(1e-6f));
    }
  }

  @Test
  void trainsOnTextsAndTakesRawRowsThen() throws IOException {
    Path trained = temp.resolve("trained");
    Outcome outcome =
        Cli.good("train", "--from", run, "--data", data, "--out", trained, "--epochs", 1);
    assertThat(outcome.out()).contains("the same predictions, largest difference 0");

    Path back = temp.resolve("back.keras");
    Cli.good("export", trained, "--format", "keras", "--out", back);
    Path scores = temp.resolve("scores.csv");
    Cli.good("predict", trained, "--input", ROWS, "--output", scores);
    List<String> lines = Files.readAllLines(scores);
    assertThat(lines).hasSize(81);
    try (Ranker ranker = KerasModels.read(back).ranker()) {
      float[][] exported =
          new RowScorer(ranker, 5).score(PreparedDataset.open(data).test(), done -> {});
      for (int i = 0; i < 16; i++) {
        assertThat(Float.parseFloat(lines.get(65 + i))).isEqualTo(exported[0][i], within(1e-6f));
      }
      assertThat(exported[0]).isNotEqualTo(expected());
    }

    Path raw = temp.resolve("raw");
    Cli.good("export", trained, "--format", "saved_model", "--raw", "--out", raw);
    try (SavedModelPredictor ranker = SavedModelPredictor.load(raw.resolve("1"), "raw", 1)) {
      assertThat(ranker.inputs().get("user_id").dataType()).hasToString("DT_INT64");
      assertThat(ranker.inputs().get("tags").dataType()).hasToString("DT_STRING");
    }
  }

  @Test
  void newRowsKeepTextsThatTheEarlierOnesDoNotHave() throws IOException {
    Path trained = temp.resolve("trained");
    Cli.good("train", "--from", run, "--data", data, "--out", trained, "--epochs", 1);
    Path raw =
        Files.writeString(
            temp.resolve("new.csv"), Files.readString(ROWS).replace("comedy", "operetta"));
    Path encoded = temp.resolve("encoded");
    Cli.good("prepare", raw, "--encoding", trained, "--out", encoded);
    assertThat(PreparedDataset.open(encoded).test().format().textsOf("genre"))
        .contains("", "operetta", "drama")
        .doesNotContain("comedy");
    assertThat(Cli.good("evaluate", trained, "--data", encoded).out()).contains("16 test rows");
    assertThat(Cli.good("evaluate", trained, "--input", raw).out()).contains("80 test rows");
  }

  @Test
  void aColumnMayHaveNoTextAtAll() throws IOException {
    String rows = Files.readString(ROWS);
    for (String genre : List.of("comedy", "drama", "horror", "science fiction", "für Kinder")) {
      rows = rows.replace("," + genre + ",", ",,");
    }
    Path raw = Files.writeString(temp.resolve("raw.csv"), rows.replace(",western,", ",,"));
    Path none = temp.resolve("none");
    Cli.good("prepare", raw, "--config", description("text"), "--out", none);
    assertThat(PreparedDataset.open(none).test().format().textsOf("genre")).containsExactly("");
    assertThat(Cli.good("evaluate", run, "--data", none).out()).contains("16 test rows");
  }

  @Test
  void idsAreNoTexts() throws IOException {
    Path ids = temp.resolve("ids");
    Cli.good("prepare", ROWS, "--config", description("sparse"), "--out", ids);
    Cli.invalid(
        "feature 'genre' is SPARSE of width 1 and 7 ids in the data but the model reads texts;"
            + " 'prepare' keeps them in a column of 'type: text'",
        "evaluate",
        run,
        "--data",
        ids);
  }

  @Test
  void aClusterRefusesTexts() {
    Outcome outcome =
        Cli.run(
            "train",
            "--from",
            run,
            "--data",
            data,
            "--out",
            temp.resolve("cluster"),
            "--local-cluster",
            "ps=1,workers=1");
    assertThat(outcome.exitCode()).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(temp.resolve("cluster")).doesNotExist();
  }
}
