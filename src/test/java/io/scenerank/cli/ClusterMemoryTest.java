package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.DatasetWriter;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Memory of the processes of a cluster that trains a table of 1.6 GB, by hand: it takes minutes, 12
 * GB of memory and 8 GB of disk.
 */
@EnabledIfSystemProperty(
    named = "scenerank.cluster.memory",
    matches = "true",
    disabledReason = "takes 12 GB of memory")
class ClusterMemoryTest {
  private static final int SERVERS = 3;
  private static final int WIDTH = 8;
  private static final int USERS = 50_000_000;
  private static final int FEW_USERS = 1000;

  /** Of a table of that many users, by sgd, which keeps nothing besides. */
  private static final double TABLE_MIB = USERS * (double) WIDTH * Float.BYTES / (1 << 20);

  @TempDir Path temp;

  /**
   * Memory in MiB.
   *
   * @param servers what each parameter server holds after an epoch
   * @param mostOfServers the most that each has held until then
   * @param mostOfChief the most that the chief has held until the first epoch's checkpoint stood
   * @param mostAtTheEnd and until the end
   */
  private record Memory(
      List<Double> servers, List<Double> mostOfServers, double mostOfChief, double mostAtTheEnd) {}

  private Path data(int users) throws IOException {
    Path folder = temp.resolve("data-" + users);
    DatasetWriter.write(
        folder,
        false,
        new Schema(
            "large",
            "test",
            ImmutableList.of(
                column(FeatureColumn.sparse("user", users, WIDTH, "dnn", "pepnet")),
                column(FeatureColumn.sparse("item", 30, WIDTH, "dnn", "pepnet")),
                column(FeatureColumn.sparse("scene", 3, WIDTH, "epnet"))),
            ImmutableList.of("click"),
            new Schema.Scenario("scene", ImmutableList.of("home", "search", "mine")),
            "user",
            ImmutableMap.of()),
        writer -> {
          for (int i = 0; i < 4000; i++) {
            int[] ids = {(int) (i * 7919L * 7919 % users), i % 30, i % 3};
            (i < 3200 ? writer.train() : writer.test())
                .add(ids, new float[0], new float[] {i / 3 % 2});
          }
        });
    return folder;
  }

  private static Schema.Column column(FeatureColumn column) {
    return new Schema.Column(column, ImmutableMap.of());
  }

  /** A line of a process' status in MiB; empty if the process is gone. */
  private static Optional<Double> mebibytes(long pid, String key) {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
          .filter(line -> line.startsWith(key + ":"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Memory train(int users) throws Exception {
    Path run = temp.resolve("run-" + users);
    List<String> arguments =
        List.of(
            "train",
            "--model",
            "pepnet",
            "--data",
            data(users).toString(),
            "--out",
            run.toString(),
            "--epochs",
            "2",
            "--set",
            "pepnet_dnn_units=[8, 4]",
            "--set",
            "optimizer=sgd",
            "--local-cluster=ps=" + SERVERS + ",workers=1");
    try (LocalClusterRun cluster = LocalClusterRun.startLarge(temp, arguments)) {
      InterruptedTraining.waitForCheckpoint(run, cluster.command());
      long chief = cluster.pids("chief", 0).get(0);
      double mostOfChief = mebibytes(chief, "VmHWM").orElseThrow();
      List<Double> servers = new ArrayList<>();
      List<Double> mostOfServers = new ArrayList<>();
      for (int i = 0; i < SERVERS; i++) {
        servers.add(mebibytes(cluster.pids("ps", i).get(0), "VmRSS").orElseThrow());
        mostOfServers.add(mebibytes(cluster.pids("ps", i).get(0), "VmHWM").orElseThrow());
      }
      double mostAtTheEnd = mostOfChief;
      while (cluster.command().process().isAlive()) {
        mostAtTheEnd = Math.max(mostAtTheEnd, mebibytes(chief, "VmHWM").orElse(0.0));
        Thread.sleep(50);
      }
      Outcome outcome = cluster.command().outcome();
      assertThat(outcome.exitCode()).as("%s", outcome).isZero();
      return new Memory(servers, mostOfServers, mostOfChief, mostAtTheEnd);
    }
  }

  @Test
  void eachParameterServerHoldsItsPartAndTheChiefNone() throws Exception {
    Memory base = train(FEW_USERS);
    Memory large = train(USERS);
    System.out.printf(
        Locale.ROOT,
        "table %.0f MiB on %d ps%nMiB with %,d users: %s%nMiB with %,d users: %s%n",
        TABLE_MIB,
        SERVERS,
        FEW_USERS,
        base,
        USERS,
        large);
    for (int i = 0; i < SERVERS; i++) {
      double part = (large.servers().get(i) - base.servers().get(i)) / (TABLE_MIB / SERVERS);
      System.out.printf(Locale.ROOT, "ps %d: %.3f of a third of the table%n", i, part);
      // A few ranges of 64 MiB besides, which TensorFlow keeps to use them again.
      assertThat(part).isBetween(0.97, 1.6);
    }
    assertThat(large.mostOfChief() - base.mostOfChief())
        .as("the chief while it initialises, trains and writes a checkpoint")
        .isLessThan(TABLE_MIB / 2);
  }
}
