package io.scenerank.cluster.worker;

import static io.scenerank.cluster.ClusterFixture.BATCH;
import static io.scenerank.cluster.ClusterFixture.SEED;
import static io.scenerank.cluster.ClusterFixture.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.cluster.ClusterFixture;
import io.scenerank.cluster.ClusterSpec;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.TaskMain;
import io.scenerank.cluster.chief.ChiefClient;
import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.cluster.wire.WorkQueue;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSequence;
import io.scenerank.data.RowSequence.Split;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.SmallModel;
import io.scenerank.train.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TBool;

/** A worker in a process of its own, against what a single process trains on. */
@Tag("slow")
class WorkerTaskTest {
  private static final DropoutPlan DROPOUT = DropoutPlan.of(ClusterFixture.definition(), SEED);
  private static final InputQueue.Format FORMAT =
      InputQueue.Format.of(ClusterFixture.definition(), DROPOUT.width());

  private final ClusterSpec cluster = ClusterFixture.cluster();
  private final PackedRows rows = SmallModel.rows(72, 1);
  @TempDir Path folder;

  private ChildProcess.Running start(TaskId.Role role, Object... more) throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of(cluster.chief(), cluster.ps().get(0), cluster.workers().get(0), role.name()));
    for (Object arg : more) {
      args.add(arg.toString());
    }
    return ChildProcess.start(
        folder,
        ChildProcess.java(
            ChildProcess.classpath(), TaskMain.class.getName(), args.toArray(String[]::new)));
  }

  /** Shares of the batches of an epoch as a single process has them. */
  private List<ChiefClient.Taken> expected(int buffer, int epoch, int shares, int share) {
    TrainingConfig config = ClusterFixture.config(buffer);
    Split split = Split.ofTraining(rows, config.validationSplit(), SEED);
    List<ChiefClient.Taken> taken = new ArrayList<>();
    try (Batcher batches =
        Batcher.of(rows)
            .reading(
                ClusterFixture.definition().layout(),
                ClusterFixture.definition().params().taskNames())
            .order(RowSequence.shuffled(split, buffer, SEED, epoch))
            .batchSize(BATCH)
            .start()) {
      for (int number = 0; batches.hasNext(); number++) {
        try (Batch batch = batches.next()) {
          taken.add(expected(batch, number, shares, share));
        }
      }
    }
    return taken;
  }

  /** A share of a batch, with what dropout decides for these rows of it. */
  private static ChiefClient.Taken expected(Batch batch, int number, int shares, int share) {
    int from = batch.size() * share / shares;
    int to = batch.size() * (share + 1) / shares;
    int weight = to - from;
    if (weight == 0) {
      from = 0;
      to = 1;
    }
    List<Boolean> decisions;
    try (TBool kept = TBool.tensorOf(Shape.of(DROPOUT.width(), to - from))) {
      DROPOUT.sampler().draw(dropoutStep(number), from, kept);
      decisions = ChiefClient.booleans(kept);
    }
    return new ChiefClient.Taken(
        number,
        weight,
        part(ChiefClient.ints(batch.ids()), batch.size(), from, to),
        part(ChiefClient.floats(batch.dense().orElseThrow()), batch.size(), from, to),
        part(ChiefClient.floats(batch.labels().orElseThrow()), batch.size(), from, to),
        decisions);
  }

  private static <T> List<T> part(List<T> values, int rows, int from, int to) {
    int width = values.size() / rows;
    return values.subList(from * width, to * width);
  }

  private static int dropoutStep(int number) {
    return 100 + number;
  }

  /** Batches of an epoch of 58 rows: three of 16 and one of 10. */
  private static WorkQueue.Item feed(
      long generation, int epoch, int number, int shares, int share) {
    int first = number * BATCH;
    return WorkQueue.Item.feed(
        generation,
        number,
        epoch,
        first,
        Math.min(BATCH, 58 - first),
        share,
        shares,
        dropoutStep(number));
  }

  @ParameterizedTest
  @CsvSource({"0, false", "24, false", "24, true"})
  void delivers(int buffer, boolean streamed) throws IOException, InterruptedException {
    List<Object> args = new ArrayList<>(List.of(buffer));
    if (streamed) {
      SmallModel.write(folder.resolve("data"), rows, SmallModel.rows(20, 9));
      args.add(folder.resolve("data"));
    }
    try (ChildProcess.Running worker = start(TaskId.Role.WORKER, args.toArray());
        ChiefClient chief = new ChiefClient(cluster, WORKER)) {
      assertThat(chief.identity().training())
          .isEqualTo(
              TaskProcess.Identity.of("1.0").with(ClusterFixture.job(rows, buffer), 0).training());
      assertThat(chief.identity().dropoutWidth()).isEqualTo(DROPOUT.width());
      chief.tell(WorkQueue.Item.open(7));
      chief.tell(WorkQueue.Item.none());
      for (int number = 0; number < 4; number++) {
        chief.tell(feed(7, 0, number, 3, 1));
      }
      assertThat(chief.take(7, FORMAT, 4))
          .as("a share of each")
          .isEqualTo(expected(buffer, 0, 3, 1));

      // A new generation while the old one waits for room, with batches out of their order.
      chief.tell(WorkQueue.Item.open(8));
      for (int i = 0; i < 9; i++) {
        chief.tell(feed(8, 0, 0, 1, 0));
      }
      chief.tell(WorkQueue.Item.open(-9));
      chief.tell(feed(8, 0, 0, 1, 0));
      int[] order = {2, 3, 0, 1};
      for (int number : order) {
        chief.tell(feed(-9, 1, number, 1, 0));
      }
      List<ChiefClient.Taken> whole = expected(buffer, 1, 1, 0);
      assertThat(chief.take(-9, FORMAT, 4))
          .as("whole batches of another epoch")
          .containsExactly(whole.get(2), whole.get(3), whole.get(0), whole.get(1));

      chief.tell(WorkQueue.Item.open(10));
      chief.tell(feed(10, 0, 3, 20, 4));
      chief.tell(feed(10, 0, 3, 20, 3));
      assertThat(chief.take(10, FORMAT, 2))
          .as("a share of ten rows among twenty that has none, and one that has one")
          .containsExactly(expected(buffer, 0, 20, 4).get(3), expected(buffer, 0, 20, 3).get(3));
      chief.tell(WorkQueue.Item.end());
      ChildProcess.Outcome outcome = worker.outcome();
      assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    }
  }

  @Test
  void refusedItEndsWithTheReason() throws IOException, InterruptedException {
    try (ChildProcess.Running worker = start(TaskId.Role.WORKER, 0);
        ChiefClient chief = new ChiefClient(cluster, WORKER)) {
      TaskProcess.Identity own = TaskProcess.Identity.of("2.0");
      String reason = own.conflict(WORKER, chief.identity()).orElseThrow();
      chief.tell(WorkQueue.Item.refused(reason));
      ChildProcess.Outcome outcome = worker.outcome();
      assertThat(outcome.exitCode()).isEqualTo(2);
      assertThat(outcome.err()).contains("worker 0 has SceneRank 1.0, the chief has 2.0\n");
    }
  }

  @Test
  void aFileThatChangesEndsItWithALine() throws IOException, InterruptedException {
    SmallModel.write(folder.resolve("data"), rows, SmallModel.rows(20, 9));
    try (ChildProcess.Running worker = start(TaskId.Role.WORKER, 16, folder.resolve("data"));
        ChiefClient chief = new ChiefClient(cluster, WORKER)) {
      chief.identity();
      Files.writeString(folder.resolve("data/train.parquet"), "another file");
      chief.tell(WorkQueue.Item.open(1));
      chief.tell(feed(1, 0, 0, 1, 0));
      ChildProcess.Outcome outcome = worker.outcome();
      assertThat(outcome.exitCode()).isEqualTo(2);
      assertThat(outcome.err()).contains("data/train.parquet: changed while it was read (12 bytes");
    }
  }

  @Test
  void aParameterServerServesUntilTheEnd() throws IOException, InterruptedException {
    try (ChildProcess.Running ps = start(TaskId.Role.PS);
        ChiefClient chief = new ChiefClient(cluster, ClusterFixture.PS)) {
      TaskProcess.Identity identity = chief.identity();
      assertThat(identity.training()).isEmpty();
      assertThat(TaskProcess.Identity.of("1.0").conflict(ClusterFixture.PS, identity)).isEmpty();
      chief.tell(WorkQueue.Item.none());
      chief.tell(WorkQueue.Item.end());
      assertThat(ps.outcome().exitCode()).isZero();
    }
  }

  @Test
  void aTakenPortIsNamed() throws IOException, InterruptedException {
    try (ChildProcess.Running first = start(TaskId.Role.PS);
        ChiefClient chief = new ChiefClient(cluster, ClusterFixture.PS)) {
      chief.identity();
      try (ChildProcess.Running second = start(TaskId.Role.PS)) {
        ChildProcess.Outcome outcome = second.outcome();
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("ps 0: cannot listen at " + cluster.ps().get(0));
      }
      assertThat(first.process().isAlive()).isTrue();
    }
  }
}
