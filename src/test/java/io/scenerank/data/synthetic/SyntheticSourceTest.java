package io.scenerank.data.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PackedRows;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.Evaluator;
import io.scenerank.eval.Metrics;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.Combiner;
import io.scenerank.feature.PackedLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class SyntheticSourceTest {
  private static final int ROWS = 60_000;

  private Path temp;
  private PreparedDataset data;
  private PackedRows train;
  private PackedRows test;

  @BeforeAll
  void generate(@TempDir Path folder) throws IOException {
    temp = folder;
    data = write("data", ROWS, 1);
    train = data.train();
    test = data.test();
  }

  private PreparedDataset write(String name, int rows, long seed) throws IOException {
    Path out = temp.resolve(name);
    new SyntheticSource(new SyntheticOptions(rows, seed)).write(out, false);
    return PreparedDataset.open(out);
  }

  private static String hash(PackedRows rows) {
    Hasher hasher = Hashing.sha256().newHasher();
    for (int row = 0; row < rows.size(); row++) {
      for (int i = 0; i < rows.layout().idWidth(); i++) {
        hasher.putInt(rows.id(row, i));
      }
      for (int t = 0; t < rows.tasks().size(); t++) {
        hasher.putFloat(rows.label(row, t));
        hasher.putFloat(rows.hasProbabilities() ? rows.probability(row, t) : 0);
      }
    }
    return hasher.hash().toString();
  }

  @Test
  void hasTheShapeOfKuaiRand() {
    PackedLayout layout = data.schema().layout();
    assertThat(layout.columns()).hasSize(86);
    assertThat(layout.idWidth()).isEqualTo(105);
    assertThat(layout.denseWidth()).isZero();
    assertThat(data.schema().columns().stream().map(c -> c.column().embDim())).containsOnly(8);
    assertThat(data.schema().columnsFor("apg")).hasSize(22);
    assertThat(data.schema().columnsFor("mmoe")).hasSize(16);
    assertThat(data.schema().columnsFor("a model of one's own")).hasSize(86);
    assertThat(data.schema().source()).isEqualTo("synthetic, rows 60000, seed 1");
    FeatureColumn history = layout.column("hist_video_id");
    assertThat(history.embName()).isEqualTo("video_id");
    assertThat(history.combiner()).containsExactly(Combiner.MEAN, Combiner.MHA);
    assertThat(layout.columns().get(85)).isEqualTo(history);
  }

  @Test
  void lastFifthIsTheTestSplit() {
    assertThat(train.size()).isEqualTo(48_000);
    assertThat(test.size()).isEqualTo(12_000);
    assertThat(train.hasProbabilities()).isFalse();
    assertThat(test.hasProbabilities()).isTrue();
  }

  @Test
  void sameSeedGivesTheSameRows() throws IOException {
    PreparedDataset first = write("first", 3_000, 5);
    PreparedDataset again = write("again", 3_000, 5);
    PreparedDataset other = write("other", 3_000, 6);
    assertThat(hash(first.train())).isEqualTo(hash(again.train()));
    assertThat(hash(first.test())).isEqualTo(hash(again.test()));
    assertThat(hash(first.train())).isNotEqualTo(hash(other.train()));
  }

  /** Recorded when the generator was fixed; holds on every machine and Java version. */
  @Test
  void rowsAreThoseOfEveryMachine() throws IOException {
    PreparedDataset small = write("pinned", 2_000, 1);
    assertThat(hash(small.train())).startsWith("1eb1158a85f5699e");
  }

  @Test
  void moreRowsBeginWithTheSameRows() throws IOException {
    PackedRows few = write("few", 100, 1).train();
    for (int i = 0; i < few.size(); i++) {
      for (int position = 0; position < 105; position++) {
        assertThat(few.id(i, position)).isEqualTo(train.id(i, position));
      }
    }
  }

  @Test
  void truthReachesTheAimedRange() {
    Evaluator evaluation = Evaluator.of(test, test.tasks(), data.schema().scenario());
    EvaluationReport report = evaluation.evaluate(truth());
    double[] rates = {0.35, 0.10, 0.25};
    for (int t = 0; t < rates.length; t++) {
      Metrics.OfTask task = report.optimal().orElseThrow().tasks().get(t);
      assertThat(task.auc().getAsDouble()).as(task.task()).isBetween(0.79, 0.86);
      assertThat(task.baseRate().getAsDouble()).as(task.task()).isCloseTo(rates[t], within(0.03));
    }
    assertThat(report.scenarios().keySet())
        .containsExactly("tab_0", "tab_1", "tab_2", "tab_3", "tab_4");
  }

  private float[][] truth() {
    float[][] truth = new float[test.tasks().size()][test.size()];
    for (int t = 0; t < truth.length; t++) {
      for (int i = 0; i < test.size(); i++) {
        truth[t][i] = test.probability(i, t);
      }
    }
    return truth;
  }

  @Test
  void probabilitiesAreCalibrated() {
    for (int t = 0; t < test.tasks().size(); t++) {
      double expected = 0;
      double found = 0;
      for (int i = 0; i < test.size(); i++) {
        expected += test.probability(i, t) / (double) test.size();
        found += test.label(i, t) / (double) test.size();
      }
      assertThat(found).isCloseTo(expected, within(0.015));
    }
  }

  @Test
  void usersComeSeveralTimes() {
    Map<Integer, Integer> rows = new HashMap<>();
    for (int i = 0; i < train.size(); i++) {
      rows.merge(train.user(i), 1, Integer::sum);
    }
    assertThat(rows).hasSize(1000);
    assertThat(rows.values()).allMatch(count -> count >= 5);
  }

  /** The history is what the user clicked before, oldest first, padded on the left. */
  @Test
  void historyHoldsEarlierClicks() {
    int video = offset("video_id");
    int history = offset("hist_video_id");
    Map<Integer, List<Integer>> clicks = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      List<Integer> known = clicks.computeIfAbsent(train.user(i), user -> new ArrayList<>());
      List<Integer> recent = known.subList(Math.max(0, known.size() - 20), known.size());
      for (int k = 0; k < 20; k++) {
        int at = recent.size() - 20 + k;
        assertThat(train.id(i, history + k)).isEqualTo(at < 0 ? 0 : recent.get(at));
      }
      if (train.label(i, 0) == 1) {
        known.add(train.id(i, video));
      }
    }
  }

  @Test
  void videosStartAtOneAndHaveFixedFeatures() {
    int video = offset("video_id");
    int[] fixed = Catalogue.COLUMNS.stream().mapToInt(this::offset).toArray();
    Map<Integer, List<Integer>> features = new HashMap<>();
    for (int i = 0; i < train.size(); i++) {
      List<Integer> found = new ArrayList<>();
      for (int position : fixed) {
        found.add(train.id(i, position));
      }
      assertThat(train.id(i, video)).isPositive();
      assertThat(features.computeIfAbsent(train.id(i, video), id -> found)).isEqualTo(found);
    }
    assertThat(features).hasSizeGreaterThan(5_000);
  }

  private int offset(String column) {
    return train.layout().offset(train.layout().column(column));
  }

  @Test
  void tooFewRows() {
    assertThatThrownBy(() -> new SyntheticOptions(9, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("rows is 9, expected at least 10");
  }

  @Test
  void reportsProgress() throws IOException {
    List<Long> seen = new ArrayList<>();
    new SyntheticSource(new SyntheticOptions(25_000, 1))
        .write(temp.resolve("progress"), false, seen::add);
    assertThat(seen).containsExactly(10_000L, 20_000L, 25_000L);
  }
}
