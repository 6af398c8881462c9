package io.scenerank.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.cli.TwoDays;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.prepare.SavedEncoding.NewRowsSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files through the door: what prepare, evaluate and predict do, from Java. */
class RunsDataTest {
  private static final Runs RUNS = Runs.standard();

  @TempDir private static Path shared;
  private static PrepareResult prepared;
  private static RunResult trained;

  @TempDir private Path temp;

  @BeforeAll
  static void prepareAndTrain() throws Exception {
    new TwoDays(shared);
    prepared = RUNS.prepare(PrepareRequest.of(day(1), yaml(), shared.resolve("data")));
    trained =
        RUNS.run(
            RunRequest.of("pepnet", prepared.folder())
                .withSetting("pepnet_dnn_units", "[8, 4]")
                .withEpochs(2)
                .withOut(shared.resolve("run")));
  }

  private static String day(int number) {
    return shared.resolve("day" + number + ".csv").toString();
  }

  private static Path yaml() {
    return shared.resolve("days.yaml");
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private static void requireInvalid(String message, Work work) {
    assertThatThrownBy(work::run)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void preparesFilesAsTheyAreDescribed() {
    assertThat(prepared.folder()).isEqualTo(shared.resolve("data"));
    assertThat(prepared.trainRows()).isEqualTo(1200);
    assertThat(prepared.testRows()).isEqualTo(300);
    assertThat(prepared.unseen()).containsKey("item");
    assertThat(prepared.toText()).startsWith("1,200 rows to train on, 300 to test on");
    assertThat(prepared.folder().resolve("schema.json")).isNotEmptyFile();
  }

  @Test
  void preparesNewRowsAsARunsDataIsEncoded() throws IOException {
    PrepareResult encoded =
        RUNS.prepare(
            PrepareRequest.guessed(day(2), temp.resolve("encoded"))
                .withEncoding(trained.folder(), NewRowsSplit.TEST));
    assertThat(encoded.testRows()).isEqualTo(1500);
    assertThat(encoded.unseen().get("item")).isPositive();
  }

  @Test
  void guessesADescriptionAndWritesNothing() throws IOException {
    Path out = temp.resolve("out");
    assertThat(RUNS.guess(PrepareRequest.guessed(day(1), out))).contains("labels:", "columns:");
    assertThat(out).doesNotExist();
  }

  @Test
  void evaluatesARunAndItsExportOnPreparedRows() throws IOException {
    EvaluatedModel run = RUNS.evaluate(EvaluateRequest.of(trained.folder(), prepared.folder()));
    assertThat(run.evaluation().toJson()).isEqualTo(trained.evaluation().toJson());
    assertThat(run.rows()).isEqualTo(300);
    assertThat(run.unseen()).isEmpty();
    EvaluatedModel export =
        RUNS.evaluate(
            EvaluateRequest.of(trained.savedModel(), prepared.folder())
                .withBatchSize(7)
                .withOutputs(ImmutableMap.of("click", "click")));
    assertThat(export.evaluation().overall().aucMacro())
        .as("in other batches, for rounding")
        .hasValueCloseTo(
            trained.evaluation().overall().aucMacro().getAsDouble(), Offset.offset(1e-3));
    assertThat(export.graph()).isEqualTo("saved_model");
  }

  @Test
  void evaluatesARunOnRawRows() throws IOException {
    EvaluatedModel raw = RUNS.evaluate(EvaluateRequest.ofRaw(trained.folder(), day(2)));
    assertThat(raw.rows()).isEqualTo(1500);
    assertThat(raw.unseen().get("item")).isPositive();
  }

  @Test
  void predictsAFile() throws IOException {
    Path out = temp.resolve("scores.csv");
    PredictRequest request = PredictRequest.of(trained.folder(), Path.of(day(2)), out);
    Prediction prediction = RUNS.predict(request.withBatchSize(100));
    assertThat(prediction.rows()).isEqualTo(1500);
    assertThat(prediction.outputs()).containsExactly("click");
    assertThat(prediction.file()).isEqualTo(out);
    assertThat(prediction.savedModel()).isEqualTo(trained.savedModel());
    assertThat(prediction.unseen().get("item")).isPositive();
    assertThat(Files.readAllLines(out)).hasSize(1501).first().isEqualTo("click");
    requireInvalid("exists already", () -> RUNS.predict(request));
    assertThat(RUNS.predict(request.withForce(true)).rows()).isEqualTo(1500);
  }

  @Test
  void wrongRequestsNameWhatIsWrong() {
    Path none = temp.resolve("none");
    EvaluateRequest evaluate = EvaluateRequest.of(trained.folder(), prepared.folder());
    requireInvalid("batch size is 0", () -> evaluate.withBatchSize(0));
    requireInvalid("threads is -2", () -> evaluate.withThreads(-2));
    requireInvalid(
        none.toString(), () -> RUNS.evaluate(EvaluateRequest.of(trained.folder(), none)));
    requireInvalid(
        "output 'clik' is unknown",
        () ->
            RUNS.predict(
                PredictRequest.of(trained.folder(), Path.of(day(2)), temp.resolve("scores.csv"))
                    .withOutputs(ImmutableList.of("clik"))));
    requireInvalid(
        none.toString(), () -> RUNS.prepare(PrepareRequest.of(day(1), none, temp.resolve("x"))));
    requireInvalid(
        "memory limit is 'much'",
        () ->
            RUNS.prepare(
                PrepareRequest.of(day(1), yaml(), temp.resolve("x")).withMemoryLimit("much")));
    requireInvalid(
        prepared.folder().toString(),
        () -> RUNS.prepare(PrepareRequest.of(day(1), yaml(), prepared.folder())));
  }
}
