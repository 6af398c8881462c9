package io.scenerank.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PreparedDataset;
import io.scenerank.testing.GrowingDays;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that are continued on data whose vocabularies have grown. */
@Tag("slow")
class GrowingRunTest {
  private static final ImmutableSet<String> TABLES =
      ImmutableSet.of(
          "embedding/item/embeddings",
          "embedding/user/embeddings",
          "linear/item/embeddings",
          "linear/user/embeddings");

  @TempDir private static Path shared;
  private static final List<Path> DAYS = new ArrayList<>();

  @TempDir private Path temp;

  @BeforeAll
  static void writeDays() throws IOException {
    for (int day = 0; day < GrowingDays.ITEMS.size(); day++) {
      DAYS.add(GrowingDays.write(shared.resolve("day" + day), day));
    }
  }

  private Path train(String optimizer) throws IOException {
    Path run = temp.resolve(optimizer);
    Runs.standard()
        .run(
            small(RunRequest.of("pepnet", DAYS.get(0)), run)
                .withSetting("linear_logits", true)
                .withSetting("pepnet_dnn_units=[4]")
                .withSetting("optimizer", optimizer));
    return run;
  }

  private static RunRequest small(RunRequest request, Path out) {
    return request
        .withEpochs(1)
        .withBatchSize(64)
        .withThreads(1)
        .withDevice(Device.parse("cpu"))
        .withOut(out);
  }

  /** A run that is continued on a day, before its first step, and with first values. */
  private record Grown(TrainedState before, TrainedState first, TrainedState after) {
    static Grown of(Path run, int day) throws IOException {
      SavedRun saved = SavedRun.open(run);
      PreparedDataset data = PreparedDataset.open(DAYS.get(day));
      Experiment experiment = saved.retrain(Optional.empty(), List.of(), data.schema(), line -> {});
      TrainingGraph.Options options =
          TrainingGraph.Options.of(
              experiment.training(), saved.state().seed(), Device.parse("cpu"), 1);
      try (TrainingGraph graph = new TrainingGraph(experiment.definition(), options)) {
        TrainedState first = graph.state(0);
        int step =
            saved.restore(graph, saved.growth(experiment, data.schema(), data::idsSince)).step();
        assertThat(step).isEqualTo(saved.state().step());
        return new Grown(saved.read(), first, graph.state(step));
      }
    }
  }

  private static List<ImmutableMap<String, FloatTensor>> parts(TrainedState state) {
    List<ImmutableMap<String, FloatTensor>> parts = new ArrayList<>(List.of(state.weights()));
    state.adam().ifPresent(adam -> parts.addAll(List.of(adam.m(), adam.v())));
    parts.add(state.slots());
    return parts;
  }

  private static float[] row(FloatTensor table, int row) {
    int width = (int) table.shape().get(1);
    return Arrays.copyOfRange(table.values(), row * width, (row + 1) * width);
  }

  /** Rows that keep their values, of the variable or slot at a path. */
  private static boolean isKept(String path, int row, int from, int to) {
    boolean item = path.contains("item");
    Set<Integer> fresh =
        item
            ? GrowingDays.REUSED.subList(from + 1, to + 1).stream()
                .flatMap(ImmutableSet::stream)
                .collect(ImmutableSet.toImmutableSet())
            : ImmutableSet.of();
    return row < (item ? GrowingDays.ITEMS : GrowingDays.USERS).get(from) && !fresh.contains(row);
  }

  private static void requireGrown(Grown grown, int from, int to) {
    List<ImmutableMap<String, FloatTensor>> before = parts(grown.before());
    List<ImmutableMap<String, FloatTensor>> first = parts(grown.first());
    List<ImmutableMap<String, FloatTensor>> after = parts(grown.after());
    assertThat(before).hasSameSizeAs(after);
    int tables = 0;
    for (int i = 0; i < before.size(); i++) {
      assertThat(after.get(i).keySet()).isEqualTo(before.get(i).keySet());
      for (Map.Entry<String, FloatTensor> entry : after.get(i).entrySet()) {
        String path = entry.getKey();
        FloatTensor now = entry.getValue();
        if (TABLES.stream().noneMatch(path::endsWith)) {
          assertThat(now.shape()).as(path).isEqualTo(before.get(i).get(path).shape());
          assertThat(now.values()).as(path).isEqualTo(before.get(i).get(path).values());
          continue;
        }
        tables++;
        assertThat(Arrays.copyOf(now.values(), 40))
            .as("trained values of %s", path)
            .isNotEqualTo(Arrays.copyOf(first.get(i).get(path).values(), 40));
        assertThat(now.shape().get(0))
            .isEqualTo(
                (path.contains("item") ? GrowingDays.ITEMS : GrowingDays.USERS)
                    .get(to)
                    .longValue());
        for (int row = 0; row < now.shape().get(0); row++) {
          FloatTensor source = (isKept(path, row, from, to) ? before : first).get(i).get(path);
          assertThat(row(now, row)).as("%s, row %s", path, row).isEqualTo(row(source, row));
        }
      }
    }
    assertThat(tables).isGreaterThanOrEqualTo(TABLES.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lazy_adam", "adam", "adagrad", "sgd"})
  void rowsStayAndNewOnesAreFirstValues(String optimizer) throws IOException {
    Path run = train(optimizer);
    requireGrown(Grown.of(run, 1), 0, 1);
    requireGrown(Grown.of(run, 2), 0, 2);
    Path next = temp.resolve("next");
    RunResult result = Runs.standard().run(small(RunRequest.from(run, DAYS.get(1)), next));
    assertThat(result.evaluation().overall().aucMacro()).isPresent();
    Grown byDay = Grown.of(next, 2);
    requireGrown(byDay, 1, 2);
    Grown atOnce = Grown.of(run, 2);
    for (String path : TABLES) {
      FloatTensor table = byDay.after().weights().get(path);
      FloatTensor other = atOnce.after().weights().get(path);
      List<Integer> sizes = path.contains("item") ? GrowingDays.ITEMS : GrowingDays.USERS;
      for (int row = sizes.get(1); row < sizes.get(2); row++) {
        assertThat(row(table, row)).as("%s, row %s", path, row).isEqualTo(row(other, row));
      }
    }
  }

  @Test
  void dataOfAnotherDayIsRefusedByTable() throws IOException {
    Path run = train("lazy_adam");
    Path next = temp.resolve("next");
    Runs.standard().run(small(RunRequest.from(run, DAYS.get(1)), next));
    assertThatThrownBy(
            () -> Runs.standard().run(small(RunRequest.from(next, DAYS.get(0)), temp.resolve("x"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("table 'item'")
        .hasMessageNotContaining("\n");
    assertThat(temp.resolve("x")).doesNotExist();
  }
}
