package io.scenerank.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.scenerank.config.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AucTest {
  /** Scores of few levels, so that ties are common, both signs and both zeros among them. */
  private static float[] scores(int count, int levels, Random random) {
    float[] scores = new float[count];
    for (int i = 0; i < count; i++) {
      scores[i] = (random.nextInt(levels) - levels / 2) * (random.nextBoolean() ? 0.25f : 0.5f);
      scores[i] = scores[i] == 0 && random.nextBoolean() ? -0f : scores[i];
    }
    return scores;
  }

  private static float[] labels(int count, Random random) {
    float[] labels = new float[count];
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(3) == 0 ? 1 : 0;
    }
    return labels;
  }

  private static OptionalDouble bruteForce(float[] scores, float[] labels) {
    double wins = 0;
    long pairs = 0;
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        if (labels[i] == 1 && labels[j] == 0) {
          pairs++;
          wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        }
      }
    }
    return pairs == 0 ? OptionalDouble.empty() : OptionalDouble.of(wins / pairs);
  }

  private static void assertSame(OptionalDouble found, OptionalDouble expected) {
    assertThat(found.isPresent()).isEqualTo(expected.isPresent());
    if (expected.isPresent()) {
      assertThat(found.getAsDouble()).isCloseTo(expected.getAsDouble(), within(1e-12));
    }
  }

  @Property(tries = 300)
  void equalsCountingPairs(
      @ForAll @IntRange(min = 0, max = 60) int count,
      @ForAll @IntRange(min = 1, max = 30) int levels,
      @ForAll long seed) {
    Random random = new Random(seed);
    float[] scores = scores(count, levels, random);
    float[] labels = labels(count, random);
    assertSame(Auc.of(scores, labels), bruteForce(scores, labels));
  }

  @Property(tries = 200)
  void risingTransformsChangeNothing(
      @ForAll @IntRange(min = 0, max = 60) int count, @ForAll long seed) {
    Random random = new Random(seed);
    float[] scores = scores(count, 12, random);
    float[] labels = labels(count, random);
    float[] cubes = scores.clone();
    float[] shifted = scores.clone();
    for (int i = 0; i < count; i++) {
      cubes[i] = scores[i] * scores[i] * scores[i];
      shifted[i] = 2 * scores[i] - 7;
    }
    assertThat(Auc.of(cubes, labels)).isEqualTo(Auc.of(scores, labels));
    assertThat(Auc.of(shifted, labels)).isEqualTo(Auc.of(scores, labels));
  }

  @Property(tries = 200)
  void gaucOfOneUserIsAuc(@ForAll @IntRange(min = 0, max = 60) int count, @ForAll long seed) {
    Random random = new Random(seed);
    float[] scores = scores(count, 12, random);
    float[] labels = labels(count, random);
    Metrics.Gauc gauc = Metrics.Gauc.of(scores, labels, new int[count]);
    assertThat(gauc.mean()).isEqualTo(Auc.of(scores, labels));
    assertSame(gauc.weighted(), gauc.mean());
  }

  @Property(tries = 100)
  void gaucIsTheMeanOverUsers(@ForAll @IntRange(min = 0, max = 80) int count, @ForAll long seed) {
    Random random = new Random(seed);
    float[] scores = scores(count, 12, random);
    float[] labels = labels(count, random);
    int[] users = random.ints(count, -3, 5).toArray();
    double sum = 0;
    double weighted = 0;
    int rows = 0;
    int counted = 0;
    int skipped = 0;
    for (int user : Arrays.stream(users).distinct().toArray()) {
      int[] own =
          java.util.stream.IntStream.range(0, count).filter(i -> users[i] == user).toArray();
      float[] ownScores = new float[own.length];
      float[] ownLabels = new float[own.length];
      for (int i = 0; i < own.length; i++) {
        ownScores[i] = scores[own[i]];
        ownLabels[i] = labels[own[i]];
      }
      OptionalDouble auc = bruteForce(ownScores, ownLabels);
      counted += auc.isPresent() ? 1 : 0;
      skipped += auc.isPresent() ? 0 : 1;
      sum += auc.orElse(0);
      weighted += auc.orElse(0) * own.length;
      rows += auc.isPresent() ? own.length : 0;
    }
    Metrics.Gauc gauc = Metrics.Gauc.of(scores, labels, users);
    assertThat(gauc.countedUsers()).isEqualTo(counted);
    assertThat(gauc.skippedUsers()).isEqualTo(skipped);
    if (counted > 0) {
      assertThat(gauc.mean().getAsDouble()).isCloseTo(sum / counted, within(1e-12));
      assertThat(gauc.weighted().getAsDouble()).isCloseTo(weighted / rows, within(1e-12));
    } else {
      assertThat(gauc.mean()).isEmpty();
      assertThat(gauc.weighted()).isEmpty();
    }
  }

  @Test
  void knownValues() {
    float[] labels = {0, 0, 1, 1};
    assertThat(Auc.of(new float[] {0.1f, 0.4f, 0.35f, 0.8f}, labels)).hasValue(0.75);
    assertThat(Auc.of(new float[] {1, 1, 1, 1}, labels)).hasValue(0.5);
    assertThat(Auc.of(new float[] {-0f, 0f, 0f, -0f}, labels)).hasValue(0.5);
    assertThat(Auc.of(new float[] {1, 2}, new float[] {1, 1})).isEmpty();
    assertThat(Auc.of(new float[0], new float[0])).isEmpty();
  }

  @Test
  void scoresMustBeFinite() {
    for (float bad : List.of(Float.NaN, Float.POSITIVE_INFINITY)) {
      assertThatThrownBy(() -> Auc.of(new float[] {1, bad}, new float[] {0, 1}))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("score of row 1 is " + bad + ", expected finite");
    }
  }

  @Test
  void logLossClips() {
    assertThat(LogLoss.of(new float[] {0.5f, 0.5f}, new float[] {0, 1}).getAsDouble())
        .isCloseTo(Math.log(2), within(1e-12));
    assertThat(LogLoss.of(new float[] {0}, new float[] {1}).getAsDouble())
        .isCloseTo(-Math.log(1e-7), within(1e-9));
    assertThat(LogLoss.of(new float[] {1}, new float[] {1}).getAsDouble())
        .isCloseTo(1e-7, within(1e-12));
    assertThat(LogLoss.of(new float[0], new float[0])).isEmpty();
  }
}
