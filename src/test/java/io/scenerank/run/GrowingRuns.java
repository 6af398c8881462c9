package io.scenerank.run;

import static io.scenerank.testing.KerasJson.table;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
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
import org.junit.jupiter.api.io.TempDir;

/** Runs of the first of some days, and what they become with the data of later ones. */
abstract class GrowingRuns {
  static final ImmutableSet<String> TABLES =
      ImmutableSet.of(
          "embedding/item/embeddings",
          "embedding/user/embeddings",
          "linear/item/embeddings",
          "linear/user/embeddings",
          "item_table/embeddings",
          "tower/user_table/embeddings");

  @TempDir private static Path shared;
  static final List<Path> DAYS = new ArrayList<>();

  @TempDir Path temp;

  @BeforeAll
  static void writeDays() throws IOException {
    DAYS.clear();
    for (int day = 0; day < GrowingDays.ITEMS.size(); day++) {
      DAYS.add(GrowingDays.write(shared.resolve("day" + day), day));
    }
  }

  Path train(String optimizer) throws IOException {
    Path run = temp.resolve(optimizer);
    Runs.standard()
        .run(
            small(RunRequest.of("pepnet", DAYS.get(0)), run)
                .withSetting("linear_logits", true)
                .withSetting("pepnet_dnn_units=[4]")
                .withSetting("optimizer", optimizer));
    return run;
  }

  static RunRequest small(RunRequest request, Path out) {
    return request
        .withEpochs(1)
        .withBatchSize(64)
        .withThreads(1)
        .withDevice(Device.parse("cpu"))
        .withOut(out);
  }

  /** A run that is continued on a day, before its first step, and with first values. */
  record Grown(TrainedState before, TrainedState first, TrainedState after) {
    static Grown of(Path run, int day) throws IOException {
      return of(run, DAYS.get(day));
    }

    static Grown of(Path run, Path day, String... settings) throws IOException {
      SavedRun saved = SavedRun.open(run);
      PreparedDataset data = PreparedDataset.open(day);
      Experiment experiment =
          saved.retrain(Optional.empty(), List.of(settings), data.schema(), line -> {});
      TrainingGraph.Options options =
          TrainingGraph.Options.of(
              experiment.training(), saved.state().seed(), Device.parse("cpu"), 1);
      try (TrainingGraph graph = new TrainingGraph(experiment.definition(), options)) {
        TrainedState first = graph.state(0);
        int step =
            saved.restore(graph, saved.growth(experiment, data.schema(), data::idsSince)).step();
        assertThat(step).isEqualTo(settings.length == 0 ? saved.state().step() : 0);
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

  static float[] row(FloatTensor table, int row) {
    int width = (int) table.shape().get(1);
    return Arrays.copyOfRange(table.values(), row * width, (row + 1) * width);
  }

  /** Rows that keep their values, of the variable or slot at a path. */
  static boolean isKept(String path, int row, int from, int to) {
    boolean item = path.contains("item");
    Set<Integer> fresh =
        item
            ? GrowingDays.REUSED.subList(from + 1, to + 1).stream()
                .flatMap(ImmutableSet::stream)
                .collect(ImmutableSet.toImmutableSet())
            : ImmutableSet.of();
    return row < (item ? GrowingDays.ITEMS : GrowingDays.USERS).get(from) && !fresh.contains(row);
  }

  /** Checks every row; returns the variables and slots that have grown. */
  static List<String> requireGrown(Grown grown, int from, int to) {
    List<ImmutableMap<String, FloatTensor>> before = parts(grown.before());
    List<ImmutableMap<String, FloatTensor>> first = parts(grown.first());
    List<ImmutableMap<String, FloatTensor>> after = parts(grown.after());
    assertThat(before).hasSameSizeAs(after);
    List<String> tables = new ArrayList<>();
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
        tables.add(path);
        boolean average = path.startsWith("optimizer/average/");
        Map<String, FloatTensor> begin = first.get(average ? 0 : i);
        String beginPath = average ? path.substring("optimizer/average/".length()) : path;
        assertThat(now.shape().get(0))
            .isEqualTo(
                (path.contains("item") ? GrowingDays.ITEMS : GrowingDays.USERS)
                    .get(to)
                    .longValue());
        for (int row = 0; row < now.shape().get(0); row++) {
          FloatTensor source =
              isKept(path, row, from, to) ? before.get(i).get(path) : begin.get(beginPath);
          assertThat(row(now, row)).as("%s, row %s", path, row).isEqualTo(row(source, row));
        }
      }
    }
    return tables;
  }

  static void requireTrained(Grown grown) {
    for (Map.Entry<String, FloatTensor> entry : grown.before().weights().entrySet()) {
      int some = Math.max(1, 3 * (int) entry.getValue().shape().size() / 4);
      FloatTensor first = grown.first().weights().get(entry.getKey());
      assertThat(Arrays.copyOf(entry.getValue().values(), some))
          .as("trained values of %s", entry.getKey())
          .isNotEqualTo(Arrays.copyOf(first.values(), some));
    }
  }

  /** New rows are the same, whether a run grew day by day or at once. */
  void requireSameDayByDay(Path run) throws IOException {
    Path next = temp.resolve("next");
    RunResult result = Runs.standard().run(small(RunRequest.from(run, DAYS.get(1)), next));
    assertThat(result.evaluation().overall().aucMacro()).isPresent();
    Grown byDay = Grown.of(next, 2);
    requireGrown(byDay, 1, 2);
    ImmutableMap<String, FloatTensor> atOnce = Grown.of(run, 2).after().weights();
    for (Map.Entry<String, FloatTensor> table : byDay.after().weights().entrySet()) {
      if (TABLES.contains(table.getKey())) {
        List<Integer> sizes =
            table.getKey().contains("item") ? GrowingDays.ITEMS : GrowingDays.USERS;
        for (int row = sizes.get(1); row < sizes.get(2); row++) {
          assertThat(row(table.getValue(), row))
              .as("%s, row %s", table.getKey(), row)
              .isEqualTo(row(atOnce.get(table.getKey()), row));
        }
      }
    }
  }
}
