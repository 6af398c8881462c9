package io.scenerank.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.scenerank.export.SmallModel;
import io.scenerank.service.ServiceOptions.Batching;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ForeignModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Versions are swapped under load, from threads of both kinds, and leave nothing behind. */
@Timeout(120)
class ServiceSwapsTest {
  private static final Offset<Float> ROUNDED = Offset.offset(1e-6f);
  private static final ServiceOptions QUIET =
      ServiceOptions.defaults().withPollInterval(Duration.ZERO);

  @TempDir private Path temp;
  private VersionFolders folders;

  @BeforeEach
  void setUp() {
    folders = new VersionFolders(temp);
    folders.export(1);
  }

  private static int predictUntil(RankingService service, AtomicBoolean stop, int row) {
    int calls = 0;
    while (!stop.get()) {
      assertThat(service.predict(VersionFolders.rows(row, 1)).get("click")[0])
          .isCloseTo(SmallModel.get().scores()[0][row], ROUNDED);
      calls++;
    }
    return calls;
  }

  private void swap(RankingService service, int swaps) {
    for (int version = 2; version < 2 + swaps; version++) {
      folders.export(version);
      service.refresh();
      assertThat(service.load().swaps()).isEqualTo(version - 1);
      VersionFolders.delete(temp.resolve(Integer.toString(version - 1)));
    }
  }

  private void callsSurviveSwaps(ExecutorService executor, ServiceOptions options, int swaps)
      throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    try (RankingService service = RankingService.open(temp, options)) {
      List<Future<Integer>> callers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int row = i;
        callers.add(executor.submit(() -> predictUntil(service, stop, row)));
      }
      swap(service, swaps);
      stop.set(true);
      for (Future<Integer> caller : callers) {
        assertThat(caller.get()).isPositive();
      }
    } finally {
      stop.set(true);
      executor.shutdown();
    }
  }

  @Test
  void callsDoNotNoticeSwaps() throws Exception {
    callsSurviveSwaps(Executors.newFixedThreadPool(4), QUIET.withBatching(Batching.defaults()), 3);
  }

  @Test
  void virtualThreadsCallWithAndWithoutBatches() throws Exception {
    assumeTrue(Runtime.version().feature() >= 21, "virtual threads need Java 21");
    callsSurviveSwaps(virtualThreads(), QUIET, 1);
    VersionFolders.delete(temp.resolve("2"));
    folders.export(1);
    callsSurviveSwaps(virtualThreads(), QUIET.withBatching(Batching.defaults()), 1);
  }

  private static ExecutorService virtualThreads() throws ReflectiveOperationException {
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }

  /**
   * The heap of the process has one size, so that its memory is what is outside. A small foreign
   * model is loaded in 40 ms, one of ours in 250.
   */
  @Test
  @Tag("slow")
  void memoryComesBack() throws Exception {
    List<String> command =
        new ArrayList<>(
            ChildProcess.java(
                ChildProcess.classpath(),
                SwapsMain.class.getName(),
                temp.toString(),
                ForeignModels.folder("shapes").toAbsolutePath().toString()));
    command.addAll(1, List.of("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch"));
    ChildProcess.Outcome outcome = ChildProcess.run(temp, command);
    assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    List<Long> resident = outcome.out().lines().map(Long::valueOf).toList();
    assertThat(resident).hasSize(2);
    assertThat((double) resident.get(1) / resident.get(0))
        .as("bytes after 5 and after 50 swaps: %s", resident)
        .isLessThanOrEqualTo(1.05);
  }
}
