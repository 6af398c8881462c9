package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.export.NativeRanker;
import io.scenerank.export.SmallModel;
import io.scenerank.variable.FloatTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;

/** A SavedModel and the native model of the same weights can replace each other. */
class RankerTest {
  private static SavedModelPredictor exported;
  private static NativeRanker built;

  @BeforeAll
  static void open() {
    exported = SavedModelPredictor.load(SmallModel.get().folder(), Signatures.SERVING_DEFAULT, 1);
    built = NativeRanker.of(SmallModel.definition(), SmallModel.get().weights(), 1);
  }

  @AfterAll
  static void close() {
    exported.close();
    built.close();
  }

  @Test
  void theyAskForTheSameAndAnswerTheSame() {
    // Two shapes with an unknown size are never equal.
    assertThat(built.inputs().toString()).isEqualTo(exported.inputs().toString());
    assertThat(built.inputs().keySet().asList()).isSorted();
    assertThat(built.outputs()).containsExactlyElementsOf(exported.outputs());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16, 64})
  void theyGiveTheSameBits(int rows) {
    Features features = SmallModel.features(SmallModel.rows(64), 0, rows);
    Scores expected = exported.predict(features);
    Scores found = built.predict(features);
    for (String task : SmallModel.TASKS) {
      assertThat(found.get(task))
          .as("%s of %d rows", task, rows)
          .hasSize(rows)
          .containsExactly(expected.get(task));
    }
  }

  @Test
  void aDataSetIsScoredByEither() {
    float[][] expected = new RowScorer(exported, 16).score(SmallModel.rows(50), done -> {});
    RowScorer scorer = new RowScorer(built, 16);
    float[][] found = scorer.score(SmallModel.rows(50), done -> {});
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).as(scorer.outputs().get(i)).containsExactly(expected[i]);
    }
    assertThat(RowScorer.layout(built).columns())
        .containsExactlyElementsOf(RowScorer.layout(exported).columns());
  }

  /** Wrong input and what both say of it. */
  static Stream<Arguments> wrongInputs() {
    return Stream.of(
        Arguments.of(but("scene").build(), "feature 'scene' is missing"),
        Arguments.of(
            but("history").ids("histroy", 1, 2).build(),
            "feature 'histroy' is not an input; did you mean 'history'?"),
        Arguments.of(
            but("user").floats("user", 1, 2).build(), "feature 'user' holds floats, expected ids"),
        Arguments.of(
            but("age").ids("age", 1, 2).build(), "feature 'age' holds ids, expected floats"),
        Arguments.of(
            but("history").ids("history", new int[][] {{1, 2}, {3, 4}}).build(),
            "feature 'history' has the shape [2, 2], expected [-1, 3]"),
        Arguments.of(
            but("video").ids("video", 1, 30).build(),
            "feature 'video', row 1: id 30 is outside [0, 30)"),
        Arguments.of(
            but("größe").ids("größe", -1, 0).build(),
            "feature 'größe', row 0: id -1 is outside [0, 5)"));
  }

  @ParameterizedTest
  @MethodSource("wrongInputs")
  void theyRefuseWrongInputInTheSameWords(Features features, String message) {
    Map<Ranker, String> rankers =
        Map.of(exported, SmallModel.get().folder().toString(), built, "pepnet");
    rankers.forEach(
        (ranker, source) ->
            assertThatThrownBy(() -> ranker.predict(features))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(source + ": " + message));
  }

  /** Two rows of every feature but one. */
  private static Features.Builder but(String name) {
    Features.Builder features = Features.builder();
    SmallModel.COLUMNS.stream()
        .filter(column -> !column.name().equals(name))
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

  @Test
  void manyThreadsAtOnceGetTheirOwnRowsScores() throws Exception {
    int threads = 8;
    int calls = 40;
    ImmutableList<Ranker> rankers = ImmutableList.of(exported, built);
    List<float[]> expected = new ArrayList<>();
    for (int from = 0; from < threads; from++) {
      expected.add(exported.predict(SmallModel.features(from, 4)).get("click"));
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Void>> done = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int from = thread;
        Callable<Void> work =
            () -> {
              for (int call = 0; call < calls; call++) {
                Scores scores =
                    rankers.get((from + call) % 2).predict(SmallModel.features(from, 4));
                assertThat(scores.get("click"))
                    .as("rows from %d, call %d", from, call)
                    .containsExactly(expected.get(from));
              }
              return null;
            };
        done.add(pool.submit(work));
      }
      for (Future<Void> result : done) {
        result.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aVariableThatIsMissingOrOfAnotherShapeIsNamed() {
    ImmutableMap<String, FloatTensor> weights = SmallModel.get().weights();
    Map<String, FloatTensor> without = new HashMap<>(weights);
    without.remove("embedding/video/embeddings");
    assertThatThrownBy(() -> NativeRanker.of(SmallModel.definition(), without, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "variable embedding/video/embeddings: found nothing, expected the shape [30, 4]");
    Map<String, FloatTensor> other = new HashMap<>(weights);
    other.put("task_click_logit/kernel", new FloatTensor(Shape.of(2, 1), new float[2]));
    assertThatThrownBy(() -> NativeRanker.of(SmallModel.definition(), other, 1))
        .hasMessage("variable task_click_logit/kernel: found [2, 1], expected the shape [4, 1]");
  }

  @Test
  void aClosedRankerSaysSo() {
    NativeRanker ranker = NativeRanker.of(SmallModel.definition(), SmallModel.get().weights(), 1);
    Features features = SmallModel.features(0, 1);
    assertThat(ranker.predict(features).get("like")).hasSize(1);
    ranker.close();
    ranker.close();
    assertThatThrownBy(() -> ranker.predict(features))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("pepnet: the ranker is closed");
  }
}
