package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.export.SmallModel;
import io.scenerank.serve.Ranker.InputSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;

class SavedModelPredictorTest {
  private static Path folder;
  private static SavedModelPredictor predictor;

  @TempDir Path temp;

  @BeforeAll
  static void load() {
    folder = SmallModel.get().folder();
    predictor = SavedModelPredictor.load(folder);
  }

  @AfterAll
  static void close() {
    predictor.close();
  }

  @Test
  void itTellsItsInputs() {
    assertThat(predictor.signature()).isEqualTo("serving_default");
    assertThat(predictor.inputs())
        .containsOnlyKeys(SmallModel.COLUMNS.stream().map(c -> c.name()).toList());
    InputSpec history = predictor.inputs().get("history");
    assertThat(history.takesIds()).isTrue();
    assertThat(history.shape().asArray()).containsExactly(Shape.UNKNOWN_SIZE, 3);
    assertThat(predictor.inputs().get("vector").takesIds()).isFalse();
  }

  @Test
  void aMissingFeature() {
    Features.Builder features = all("scene");
    assertInvalid(features.build(), "feature 'scene' is missing");
  }

  @Test
  void noFeatureAtAll() {
    assertThatThrownBy(() -> predictor.predict(Features.builder().build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(folder + ": feature '")
        .hasMessageEndingWith("' is missing");
  }

  @Test
  void anUnknownFeatureNamesTheNearest() {
    assertInvalid(
        all("history").ids("histroy", new int[][] {{1, 2, 3}, {4, 5, 6}}).build(),
        "feature 'histroy' is not an input; did you mean 'history'?");
  }

  @Test
  void floatsForIds() {
    assertInvalid(
        all("user").floats("user", 1, 2).build(), "feature 'user' holds floats, expected ids");
  }

  @Test
  void idsForFloats() {
    assertInvalid(all("age").ids("age", 1, 2).build(), "feature 'age' holds ids, expected floats");
  }

  @Test
  void aSequenceOfAnotherLength() {
    assertInvalid(
        all("history").ids("history", new int[][] {{1, 2}, {3, 4}}).build(),
        "feature 'history' has the shape [2, 2], expected [-1, 3]");
  }

  @Test
  void aFeatureOfMoreRows() {
    assertThatThrownBy(() -> predictor.predict(all("video").ids("video", 1, 2, 3).build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(folder + ": feature '")
        .hasMessageMatching(".*has (2|3) rows, the features before it (2|3)");
  }

  @Test
  void anUnknownOutputNamesTheNearest() {
    Scores scores = predictor.predict(SmallModel.features(0, 2));
    assertThatThrownBy(() -> scores.get("clik"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("output 'clik' is unknown; did you mean 'click'?");
  }

  @Test
  void anEmptyBatchHasNoScores() {
    Scores scores = predictor.predict(SmallModel.features(SmallModel.rows(1), 0, 0));
    assertThat(scores.get("click")).isEmpty();
    assertThat(scores.get("like")).isEmpty();
  }

  @Test
  void emptyArraysOfASequenceAreAnEmptyBatch() {
    Features.Builder features = all("history", "vector");
    assertThatThrownBy(
            () ->
                predictor.predict(
                    features.ids("history", new int[0][]).floats("vector", new float[0][]).build()))
        .as("the other features have rows")
        .isInstanceOf(InvalidInputException.class);
    Features empty =
        Features.builder()
            .ids("user")
            .floats("age")
            .ids("history", new int[0][])
            .ids("scene")
            .floats("vector", new float[0][])
            .ids("größe")
            .ids("video")
            .build();
    assertThat(predictor.predict(empty).get("click")).isEmpty();
  }

  @Test
  void scoresAreTheCallersToChange() {
    Scores scores = predictor.predict(SmallModel.features(0, 2));
    float before = scores.get("click")[0];
    scores.get("click")[0] = 7;
    assertThat(scores.get("click")[0]).isEqualTo(before);
  }

  @Test
  void manyThreadsGetTheirOwnRows() throws Exception {
    List<float[]> alone = new ArrayList<>();
    for (int row = 0; row < SmallModel.ROWS; row++) {
      alone.add(predictor.predict(SmallModel.features(row, 1)).get("click"));
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<List<float[]>>> work = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        int first = thread * 8;
        work.add(
            () -> {
              List<float[]> scores = new ArrayList<>();
              for (int i = 0; i < SmallModel.ROWS; i++) {
                int row = (first + i) % SmallModel.ROWS;
                scores.add(predictor.predict(SmallModel.features(row, 1)).get("click"));
              }
              return scores;
            });
      }
      List<Future<List<float[]>>> done = threads.invokeAll(work);
      for (int thread = 0; thread < 8; thread++) {
        List<float[]> scores = done.get(thread).get();
        for (int i = 0; i < SmallModel.ROWS; i++) {
          int row = (thread * 8 + i) % SmallModel.ROWS;
          assertThat(scores.get(i))
              .as("thread %d, row %d", thread, row)
              .containsExactly(alone.get(row));
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void useAfterCloseIsAClearError() {
    SavedModelPredictor closed = SavedModelPredictor.load(folder);
    closed.predict(SmallModel.features(0, 1));
    closed.close();
    assertThatThrownBy(() -> closed.predict(SmallModel.features(0, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(folder + ": the ranker is closed");
    closed.close();
  }

  @Test
  void closingUnderThreadsThatPredictEndsThemWithTheSameError() throws Exception {
    SavedModelPredictor closing = SavedModelPredictor.load(folder);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    CountDownLatch running = new CountDownLatch(4);
    try {
      List<Future<Object>> work = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        work.add(
            threads.submit(
                () -> {
                  Features features = SmallModel.features(0, 4);
                  closing.predict(features);
                  running.countDown();
                  while (true) {
                    closing.predict(features);
                  }
                }));
      }
      running.await();
      closing.close();
      for (Future<Object> thread : work) {
        assertThatThrownBy(thread::get).hasCauseInstanceOf(IllegalStateException.class);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anUnknownSignatureNamesTheNearest() {
    assertThatThrownBy(() -> SavedModelPredictor.load(folder, "serving_defualt", 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            folder + ": signature 'serving_defualt' is unknown; did you mean 'serving_default'?");
  }

  @Test
  void aMissingFolder() {
    Path none = temp.resolve("none");
    assertThatThrownBy(() -> SavedModelPredictor.load(none))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(none + ": not a SavedModel (saved_model.pb is missing)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "saved_model.pb",
        "variables/variables.index",
        "variables/variables.data-00000-of-00001"
      })
  void aTruncatedFileIsOneLineThatNamesTheFolder(String name) throws IOException {
    Path copy = copy();
    byte[] whole = Files.readAllBytes(copy.resolve(name));
    for (int length : new int[] {whole.length / 2, 0}) {
      Files.write(copy.resolve(name), Arrays.copyOf(whole, length));
      assertDamaged(copy, name + " of " + length + " bytes");
    }
  }

  @Test
  void otherBytesInPlaceOfTheGraph() throws IOException {
    Path copy = copy();
    Files.writeString(copy.resolve("saved_model.pb"), "this is not a protocol buffer, but text");
    assertDamaged(copy, "text");
  }

  @Test
  void noVariablesAtAll() throws IOException {
    Path copy = copy();
    try (Stream<Path> files = Files.list(copy.resolve("variables"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    assertDamaged(copy, "an empty variables folder");
    Files.delete(copy.resolve("variables"));
    assertDamaged(copy, "no variables folder");
  }

  private static void assertDamaged(Path model, String what) {
    assertThatThrownBy(() -> SavedModelPredictor.load(model).close())
        .as(what)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(model + ": ")
        .hasMessageContaining("cannot be loaded")
        .satisfies(e -> assertThat(e.getMessage().lines()).as(what).hasSize(1));
  }

  private Path copy() throws IOException {
    Path copy = temp.resolve("copy");
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(folder.relativize(file).toString()));
      }
    }
    return copy;
  }

  /** Two rows of every feature but these. */
  private static Features.Builder all(String... without) {
    List<String> left = List.of(without);
    Features.Builder features = Features.builder();
    SmallModel.COLUMNS.stream()
        .filter(column -> !left.contains(column.name()))
        .forEach(
            column -> {
              if (column.isCategorical()) {
                features.ids(column.name(), new int[2][column.width()]);
              } else {
                features.floats(column.name(), new float[2][column.width()]);
              }
            });
    return features;
  }

  private static void assertInvalid(Features features, String message) {
    assertThatThrownBy(() -> predictor.predict(features))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(folder + ": " + message);
  }
}
