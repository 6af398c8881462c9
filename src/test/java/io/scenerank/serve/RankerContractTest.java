package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.export.NativeRanker;
import io.scenerank.export.SmallModel;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.serve.Ranker.RankerClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link Ranker} promises, from 64 threads, of everything that scores. */
@Timeout(120) // A close that waits for its own thread would never end.
class RankerContractTest {
  private static final int THREADS = 64;
  private static final int ROWS = 4;

  /** Something that scores the small model's rows. */
  private interface Scorer extends AutoCloseable {
    float[] click(int first);

    @Override
    void close();
  }

  private static Scorer of(Ranker ranker) {
    return new Scorer() {
      @Override
      public float[] click(int first) {
        return ranker.predict(rows(first, ROWS, "")).get("click");
      }

      @Override
      public void close() {
        ranker.close();
      }
    };
  }

  /** One user's candidates. */
  private static Scorer of(CandidateRanker ranker) {
    return new Scorer() {
      @Override
      public float[] click(int first) {
        return ranker
            .rank(Features.builder().ids("user", first % 5).build(), rows(first, ROWS, "user"))
            .get("click");
      }

      @Override
      public void close() {
        ranker.close();
      }
    };
  }

  /** Rows of every column but one. */
  private static Features rows(int first, int count, String without) {
    Features.Builder features = Features.builder();
    for (FeatureColumn column : SmallModel.COLUMNS) {
      if (!column.name().equals(without)) {
        add(features, column, first, count);
      }
    }
    return features.build();
  }

  private static void add(Features.Builder features, FeatureColumn column, int first, int count) {
    int[][] ids = new int[count][column.width()];
    float[][] floats = new float[count][column.width()];
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < column.width(); i++) {
        ids[row][i] = column.isCategorical() ? (first + row + i) % column.vocabSize() : 0;
        floats[row][i] = (first + row + i) / 8f;
      }
    }
    if (column.isCategorical()) {
      features.ids(column.name(), ids);
    } else {
      features.floats(column.name(), floats);
    }
  }

  static Stream<Arguments> scorers() {
    Callable<Scorer> exported = () -> of(SavedModelPredictor.load(SmallModel.get().folder()));
    Callable<Scorer> packed =
        () -> of(SavedModelPredictor.load(SmallModel.get().folder(), "serving_default", 1));
    Callable<Scorer> built =
        () -> of(NativeRanker.of(SmallModel.definition(), SmallModel.get().weights(), 1));
    Callable<Scorer> candidates =
        () -> of(CandidateRanker.load(SmallModel.get().folder(), Set.of("user"), 1));
    return Stream.of(
        Arguments.of(Named.of("SavedModelPredictor", exported)),
        Arguments.of(Named.of("SavedModelPredictor of one thread", packed)),
        Arguments.of(Named.of("NativeRanker", built)),
        Arguments.of(Named.of("CandidateRanker", candidates)));
  }

  @ParameterizedTest
  @MethodSource("scorers")
  void closeWaitsForTheCallsInFlightAndLaterCallsSayTheSame(Callable<Scorer> open)
      throws Exception {
    Scorer scorer = open.call();
    List<float[]> expected = new ArrayList<>();
    for (int first = 0; first < THREADS; first++) {
      expected.add(scorer.click(first % SmallModel.ROWS));
    }
    CountDownLatch running = new CountDownLatch(THREADS);
    AtomicInteger right = new AtomicInteger();
    List<Callable<String>> work = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      int first = thread;
      work.add(
          () -> {
            while (true) {
              try {
                assertThat(scorer.click(first % SmallModel.ROWS))
                    .containsExactly(expected.get(first));
                right.incrementAndGet();
              } catch (RankerClosedException e) {
                return e.getMessage();
              } finally {
                running.countDown();
              }
            }
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(2 * THREADS);
    try {
      List<Future<String>> messages = work.stream().map(threads::submit).toList();
      assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
      List<Future<?>> closes = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        closes.add(threads.submit(scorer::close));
      }
      for (Future<?> close : closes) {
        close.get();
      }
      for (Future<String> message : messages) {
        assertThat(message.get()).endsWith(": the ranker is closed");
      }
      assertThat(right).hasValueGreaterThanOrEqualTo(THREADS);
    } finally {
      threads.shutdownNow();
    }
    scorer.close();
    assertThatThrownBy(() -> scorer.click(0)).isInstanceOf(RankerClosedException.class);
  }

  @Test
  void whatARankerSaidStaysValidAfterItIsClosed() {
    SavedModelPredictor ranker = SavedModelPredictor.load(SmallModel.get().folder());
    Scores scores = ranker.predict(SmallModel.features(0, 2));
    float[] before = scores.get("click");
    ranker.close();
    assertThat(scores.get("click")).containsExactly(before);
    assertThat(ranker.inputs()).containsKey("user");
    assertThat(ranker.outputs()).contains("click");
  }

  @Test
  void nullFeaturesAreNamed() {
    try (SavedModelPredictor ranker = SavedModelPredictor.load(SmallModel.get().folder())) {
      assertInvalid(
          () -> ranker.predict(null),
          SmallModel.get().folder() + ": the features are null, expected rows");
    }
    try (CandidateRanker ranker =
        CandidateRanker.load(SmallModel.get().folder(), Set.of("user"), 1)) {
      assertInvalid(
          () -> ranker.rank(null, rows(0, 1, "user")),
          SmallModel.get().folder() + ": user: the features are null, expected rows");
    }
  }

  /** What a builder is given, and what it says. */
  static Stream<Arguments> wrongFeatures() {
    return Stream.of(
        wrong(b -> b.ids("user", 1).ids("user", 2), "feature 'user' is given twice"),
        wrong(b -> b.ids("user", (int[]) null), "feature 'user': found null, expected values"),
        wrong(b -> b.floats("v", (float[][]) null), "feature 'v': found null, expected values"),
        wrong(
            b -> b.ids("h", new int[][] {{1}, null}),
            "feature 'h', row 1: found null, expected values"),
        wrong(
            b -> b.ids("h", new int[][] {null, {1}}),
            "feature 'h', row 0: found null, expected values"),
        wrong(
            b -> b.floats("i", new float[][][] {{{1}, {2}}, {{3}, null}}),
            "feature 'i', row 1: found null, expected values"),
        wrong(
            b -> b.longs("i", new long[][][] {{{1}, {2}}, {{3}, {4, 5}}}),
            "feature 'i', row 1: found 2 values, expected 1 like row 0"),
        wrong(
            b -> b.bytes("e", new byte[1], null),
            "feature 'e', row 1: found null, expected a text"),
        wrong(b -> b.scalar("t", (String) null), "feature 't', row 0: found null, expected a text"),
        wrong(
            b -> b.ragged("h", "s", new int[][] {{1}, null}),
            "feature 'h', row 1: found null, expected values"),
        wrong(
            b -> b.ragged("h", "s", new String[][] {{"a"}, {"b", null}}),
            "feature 'h', row 1: found null, expected a text"),
        wrong(b -> b.ids(null, 1), "a feature's name is null, expected the name of an input"),
        wrong(
            b -> b.values("x", new short[1], 1),
            "feature 'x': found a short[], expected an array of int, long, float, double, boolean,"
                + " String or byte[]"),
        wrong(
            b -> b.values("x", new int[5], 2, 3),
            "feature 'x': found 5 values, which do not fill the shape [2, 3]"),
        wrong(
            b -> b.values("x", new int[4], -2, -2),
            "feature 'x': found 4 values, which do not fill the shape [-2, -2]"));
  }

  private static Arguments wrong(Consumer<Features.Builder> call, String message) {
    return Arguments.of(Named.of(message, call), message);
  }

  @ParameterizedTest
  @MethodSource("wrongFeatures")
  void wrongFeaturesNameFeatureAndRow(Consumer<Features.Builder> call, String message) {
    assertInvalid(() -> call.accept(Features.builder()), message);
  }

  private static void assertInvalid(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InvalidInputException.class).hasMessage(message);
  }
}
