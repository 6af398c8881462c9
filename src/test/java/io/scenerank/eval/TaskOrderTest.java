package io.scenerank.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.Targets.TaskType;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** A warning for models whose heads are crossed, and for no other. */
class TaskOrderTest {
  private static final List<String> TASKS = List.of("is_click", "is_like", "long_view");
  private static final int ROWS = 2000;

  /** Probabilities of three tasks that have a part in common, and labels drawn from them. */
  private static final class World {
    final Random random;
    final double[][] logits = new double[TASKS.size()][ROWS];
    final float[][] labels = new float[TASKS.size()][ROWS];

    World(int seed, double common) {
      this.random = new Random(seed);
      for (int row = 0; row < ROWS; row++) {
        double shared = random.nextGaussian();
        for (int task = 0; task < TASKS.size(); task++) {
          double own = random.nextGaussian();
          double mixed = common * shared + Math.sqrt(1 - common * common) * own;
          logits[task][row] = 1.5 * mixed - task; // later tasks are rarer
          labels[task][row] = random.nextDouble() < sigmoid(logits[task][row]) ? 1 : 0;
        }
      }
    }

    /** A trained head: the truth with an error of its own. */
    float[] head(int task, double error) {
      float[] scores = new float[ROWS];
      for (int row = 0; row < ROWS; row++) {
        scores[row] = (float) sigmoid(logits[task][row] + error * random.nextGaussian());
      }
      return scores;
    }

    Optional<TaskOrder> better(float[]... scores) {
      return TaskOrder.better(
          EvaluationData.of(TASKS, labels, new int[ROWS], new int[ROWS], id -> "all"), scores);
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Property(tries = 100)
  void crossedHeadsAreFound(
      @ForAll @IntRange(max = 1_000_000) int seed,
      @ForAll @DoubleRange(max = 0.5) double common,
      @ForAll @DoubleRange(max = 0.5) double error) {
    World world = new World(seed, common);
    float[] click = world.head(0, error);
    float[] like = world.head(1, error);
    float[] view = world.head(2, error);
    assertThat(world.better(click, view, like).orElseThrow().source()).containsExactly(0, 2, 1);
    assertThat(world.better(like, view, click).orElseThrow().source()).containsExactly(2, 0, 1);
  }

  @Property(tries = 200)
  void correctModelsAreLeftAlone(
      @ForAll @IntRange(max = 1_000_000) int seed,
      @ForAll @DoubleRange(max = 0.99) double common,
      @ForAll @DoubleRange(max = 3) double error,
      @ForAll @DoubleRange(max = 3) double otherError) {
    World world = new World(seed, common);
    assertThat(world.better(world.head(0, error), world.head(1, otherError), world.head(2, error)))
        .isEmpty();
  }

  @Property(tries = 200)
  void modelsThatLearnedNothingAreLeftAlone(
      @ForAll @IntRange(max = 1_000_000) int seed, @ForAll @DoubleRange(max = 4) double spread) {
    World world = new World(seed, 0.5);
    float[][] scores = new float[TASKS.size()][ROWS];
    for (float[] head : scores) {
      double level = spread * world.random.nextGaussian();
      double[] mixture = {
        world.random.nextGaussian(), world.random.nextGaussian(), world.random.nextGaussian()
      };
      // Any function of the features: it may lean to a label by chance.
      for (int row = 0; row < ROWS; row++) {
        double logit = level;
        for (int task = 0; task < TASKS.size(); task++) {
          logit += spread * mixture[task] * world.logits[task][row] / 3;
        }
        head[row] = (float) sigmoid(logit + spread * world.random.nextGaussian());
      }
    }
    world
        .better(scores)
        .ifPresent(
            order ->
                // A head that is moved leans to its new task by chance, but does so beyond noise.
                assertThat(IntStream.range(0, TASKS.size()))
                    .as(
                        "tasks with other heads under %s, whose AUC is then %s",
                        order.source(), order.then())
                    .filteredOn(task -> order.source().get(task) != task)
                    .isNotEmpty()
                    .allMatch(task -> order.then().get(task) > 0.5));
  }

  @Test
  void fewRowsProveNothing() {
    World world = new World(1, 0.2);
    float[][] labels = new float[3][100];
    float[][] scores = new float[3][100];
    float[][] heads = {world.head(0, 0), world.head(2, 0), world.head(1, 0)};
    for (int task = 0; task < 3; task++) {
      System.arraycopy(world.labels[task], 0, labels[task], 0, 100);
      System.arraycopy(heads[task], 0, scores[task], 0, 100);
    }
    EvaluationData few = EvaluationData.of(TASKS, labels, new int[100], new int[100], id -> "all");
    assertThat(TaskOrder.better(few, scores)).isEmpty();
  }

  @Test
  void rowsWithoutLabelsProveNothingAndNumbersAreLeftAlone() {
    World world = new World(1, 0.2);
    float[][] scores = {world.head(1, 0), world.head(0, 0), world.head(2, 0)};
    for (int row = 0; row < ROWS; row += 3) {
      world.labels[0][row] = Float.NaN;
      world.labels[1][row + 1] = Float.NaN;
    }
    assertThat(world.better(scores).orElseThrow().source()).containsExactly(1, 0, 2);
    List<TaskLabels> tasks =
        List.of(
            TaskLabels.binary("is_click", world.labels[0]),
            new TaskLabels("seconds", TaskType.REGRESSION, world.labels[1], Optional.empty()),
            TaskLabels.binary("long_view", world.labels[2]));
    assertThat(
            TaskOrder.better(
                EvaluationData.of(tasks, new int[ROWS], new int[ROWS], id -> "all"), scores))
        .isEmpty();
  }

  @Test
  void oneTaskHasNoOrder() {
    World world = new World(1, 0.2);
    EvaluationData one =
        EvaluationData.of(
            List.of("is_click"),
            new float[][] {world.labels[0]},
            new int[ROWS],
            new int[ROWS],
            id -> "all");
    assertThat(TaskOrder.better(one, new float[][] {world.head(1, 0)})).isEmpty();
  }

  @Test
  void aHeadThatIsAConstantMovesNowhere() {
    World world = new World(3, 0.2);
    float[] constant = new float[ROWS];
    assertThat(world.better(world.head(0, 0), world.head(2, 0), constant)).isEmpty();
  }

  @Test
  void theTextNamesOutputsAndTheMap() {
    World world = new World(2, 0.2);
    TaskOrder order =
        world.better(world.head(0, 0), world.head(2, 0), world.head(1, 0)).orElseThrow();
    assertThat(
            order.text(
                ImmutableMap.of("is_click", "output_0", "is_like", "output_1", "long_view", "x")))
        .startsWith("the outputs fit the labels clearly better in another order: is_like by output")
        .contains("is_like by output 'x' (AUC 0.", "long_view by output 'output_1' (AUC 0.")
        .endsWith("outputs (--map) is_like=x,long_view=output_1");
  }

  /** The parts are those of the definition, ties among them. */
  @Property(tries = 50)
  void theErrorOfADifferenceIsDeLongs(@ForAll @IntRange(max = 1_000_000) int seed) {
    Random random = new Random(seed);
    int rows = 40;
    float[] labels = new float[rows];
    float[] one = new float[rows];
    float[] other = new float[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = i < 15 ? 1 : 0;
      one[i] = random.nextInt(6) / 4f - 0.5f;
      other[i] = random.nextInt(6) / 4f - 0.5f;
    }
    AucParts parts = AucParts.of(one, labels);
    assertThat(parts.auc()).isCloseTo(Auc.of(one, labels).orElseThrow(), within(1e-12));
    assertThat(parts.error(AucParts.of(other, labels)))
        .isCloseTo(Math.sqrt(deLong(one, other, 15)), within(1e-12));
  }

  /** The variance of the difference, pair by pair; the first rows are the positive ones. */
  private static double deLong(float[] one, float[] other, int positives) {
    int rows = one.length;
    double[] byRow = new double[rows];
    for (int p = 0; p < positives; p++) {
      for (int n = positives; n < rows; n++) {
        double apart = wins(one[p], one[n]) - wins(other[p], other[n]);
        byRow[p] += apart / (rows - positives);
        byRow[n] += apart / positives;
      }
    }
    return varianceOfMean(byRow, 0, positives) + varianceOfMean(byRow, positives, rows);
  }

  private static double wins(float positive, float negative) {
    return positive > negative ? 1 : positive == negative ? 0.5 : 0;
  }

  private static double varianceOfMean(double[] values, int from, int to) {
    double mean = 0;
    for (int i = from; i < to; i++) {
      mean += values[i] / (to - from);
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (values[i] - mean) * (values[i] - mean);
    }
    return sum / (to - from) / (to - from - 1);
  }
}
