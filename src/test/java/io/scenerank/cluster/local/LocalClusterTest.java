package io.scenerank.cluster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.cluster.ClusterSpec.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The supervisor with shell scripts as its processes. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "its processes are shell scripts")
@Tag("slow")
class LocalClusterTest {
  private static final TaskId PS = new TaskId(TaskId.Role.PS, 0);
  private static final TaskId WORKER = new TaskId(TaskId.Role.WORKER, 0);
  private static final Pattern STARTED = Pattern.compile("\\[cluster] (\\w+ \\d): pid (\\d+)");

  /** Until its input ends. */
  private static final String WAIT = "exec cat >/dev/null";

  @TempDir private Path temp;

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Map<TaskId, String> scripts =
      new HashMap<>(Map.of(TaskId.chief(), "exit 0", PS, WAIT, WORKER, WAIT));

  private LocalCluster cluster() {
    return new LocalCluster(
        LocalAddresses.ofOwnNetwork(new LocalTraining.Size(1, 1)),
        task ->
            new TaskCommand(
                ImmutableList.of("bash", "-c", "cd \"$0\"\n" + scripts.get(task), temp.toString()),
                ImmutableMap.of("TASK", task.toString())),
        lines::add);
  }

  private static CompletableFuture<Integer> start(LocalCluster cluster) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return cluster.run();
          } catch (IOException | InterruptedException e) {
            throw new CompletionException(e);
          }
        });
  }

  private int run() throws Exception {
    int code = start(cluster()).get(60, TimeUnit.SECONDS);
    requireNobodyLeft();
    return code;
  }

  private void requireNobodyLeft() {
    assertThat(pids("\\w+ \\d"))
        .isNotEmpty()
        .allSatisfy(pid -> assertThat(ProcessHandle.of(pid)).as("process %d", pid).isEmpty());
  }

  /** Processes of tasks in the order of their starts. */
  private List<Long> pids(String task) {
    return lines.stream()
        .map(STARTED::matcher)
        .filter(Matcher::matches)
        .filter(start -> start.group(1).matches(task))
        .map(start -> Long.valueOf(start.group(2)))
        .toList();
  }

  private void waitForLine(String text) throws InterruptedException {
    while (lines.stream().noneMatch(line -> line.contains(text))) {
      Thread.sleep(5);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void theChiefsEndIsTheEndOfAll(int code) throws Exception {
    scripts.put(TaskId.chief(), "exit " + code);
    assertThat(run()).isEqualTo(code);
    assertThat(lines)
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).matches("\\[cluster] (ps|worker|chief) 0: pid \\d+"));
  }

  @Test
  void whatIsToldToEndByNoSignalEndsToo() throws Exception {
    scripts.put(WORKER, "trap '' TERM; cat >/dev/null; echo ended >ended");
    scripts.put(PS, "trap '' TERM; while true; do sleep 1; done");
    scripts.put(TaskId.chief(), "sleep 0.5; exit 0");
    assertThat(run()).isZero();
    assertThat(temp.resolve("ended")).hasContent("ended");
  }

  @Test
  void aKilledWorkerIsStartedAgain() throws Exception {
    scripts.put(WORKER, "echo here; " + WAIT);
    scripts.put(TaskId.chief(), "while [ ! -e done ]; do sleep 0.05; done");
    CompletableFuture<Integer> code = start(cluster());
    waitForLine("[worker 0] here");
    ProcessHandle.of(pids("worker 0").get(0)).orElseThrow().destroyForcibly();
    waitForLine("[cluster] worker 0 was ended by signal 9 and is started again");
    while (pids("worker 0").size() < 2) {
      Thread.sleep(5);
    }
    Files.createFile(temp.resolve("done"));
    assertThat(code.get(60, TimeUnit.SECONDS)).isZero();
    assertThat(pids("chief 0")).as("the others continue").hasSize(1);
    requireNobodyLeft();
  }

  @ParameterizedTest
  @CsvSource({"exit 3,ended with exit code 3", "kill -KILL $$,was ended by signal 9"})
  void aChiefIsStartedAgainAndWithItWhatHadEnded(String end, String said) throws Exception {
    scripts.put(WORKER, "echo >>starts; exit 0");
    scripts.put(
        TaskId.chief(),
        "if [ -e before ]; then\n"
            + "while [ $(wc -l <starts) -lt 2 ]; do sleep 0.05; done; exit 0\nfi\n"
            + "while [ ! -e starts ]; do sleep 0.05; done; sleep 0.3; touch before\n"
            + end);
    assertThat(run()).isZero();
    assertThat(lines).contains("[cluster] chief 0 " + said + " and is started again");
    assertThat(pids("worker 0")).hasSize(2);
    assertThat(pids("ps 0")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aWrongInputOfAWorkerEndsAll(int code) throws Exception {
    scripts.put(TaskId.chief(), WAIT);
    scripts.put(WORKER, "echo \"scenerank: wrong data of $TASK\" >&2; exit " + code);
    assertThat(run()).isEqualTo(code);
    assertThat(lines)
        .containsSubsequence(
            "[worker 0] scenerank: wrong data of worker 0",
            "[cluster] worker 0 ended with exit code " + code + ", which ends the training");
  }

  @ParameterizedTest
  @CsvSource({"ps 0", "chief 0"})
  void aTaskThatAlwaysDiesEndsAll(String name) throws Exception {
    TaskId task = name.startsWith("ps") ? PS : TaskId.chief();
    scripts.put(TaskId.chief(), WAIT);
    scripts.put(task, "exit 3");
    assertThat(run()).isEqualTo(3);
    assertThat(pids(name)).hasSize(6);
    assertThat(lines.get(lines.size() - 1))
        .isEqualTo(
            "[cluster] "
                + name
                + " ended with exit code 3, more than 5 times within a minute, which ends the"
                + " training");
  }

  @Test
  void aStopGoesToTheChiefAlone() throws Exception {
    scripts.put(
        TaskId.chief(),
        "trap 'kill -0 $(cat worker) && echo >kept; exit 143' TERM; touch ready\n"
            + "while true; do sleep 0.05; done");
    scripts.put(WORKER, "echo $$ >worker; " + WAIT);
    LocalCluster cluster = cluster();
    CompletableFuture<Integer> code = start(cluster);
    while (!Files.exists(temp.resolve("ready")) || !Files.exists(temp.resolve("worker"))) {
      Thread.sleep(5);
    }
    cluster.stop();
    assertThat(code.get(60, TimeUnit.SECONDS)).isEqualTo(143);
    assertThat(temp.resolve("kept")).as("the worker lived while the chief stopped").exists();
    assertThat(lines).as("nothing is started again").hasSize(3);
    requireNobodyLeft();
  }

  @Test
  void aTerminalsInterruptReachesNobody() throws Exception {
    scripts.put(TaskId.chief(), "kill -INT $$ $(cat worker) && echo >kept");
    scripts.put(WORKER, "echo $$ >worker; " + WAIT);
    scripts.compute(TaskId.chief(), (task, script) -> "sleep 0.5; " + script);
    assertThat(run()).isZero();
    assertThat(temp.resolve("kept")).exists();
    assertThat(pids("worker 0")).hasSize(1);
  }

  @Test
  void whatAWorkerSaysHasItsNameAndNoNotesOfTensorFlow() throws Exception {
    scripts.put(
        WORKER,
        "echo out\n"
            + "echo err >&2\n"
            + "echo 'WARNING: All log messages before absl::InitializeLog() is called' >&2\n"
            + "echo 'I0000 00:00:1795725989.437758    8418 grpc_server_lib.cc:464] Started' >&2\n"
            + "echo '2026-11-26 21:06:54.212850: I tensorflow/core/util/port.cc:153] on' >&2\n"
            + "echo I am well >&2\n"
            + "echo '2026-11-26 21:06:54.212850: E tensorflow/core/x.cc:153] a fault' >&2\n"
            + "touch said; "
            + WAIT);
    scripts.put(TaskId.chief(), "while [ ! -e said ]; do sleep 0.05; done");
    assertThat(run()).isZero();
    assertThat(lines.stream().filter(line -> line.startsWith("[worker 0] ")))
        .containsExactly(
            "[worker 0] out",
            "[worker 0] err",
            "[worker 0] I am well",
            "[worker 0] 2026-11-26 21:06:54.212850: E tensorflow/core/x.cc:153] a fault");
  }

  @Test
  void whatCannotBeStartedIsAnErrorThatLeavesNobody() throws Exception {
    LocalCluster cluster =
        new LocalCluster(
            LocalAddresses.ofOwnNetwork(new LocalTraining.Size(1, 1)),
            task ->
                new TaskCommand(
                    ImmutableList.of("bash", "-c", WAIT),
                    task.role() == TaskId.Role.CHIEF
                        ? ImmutableMap.of("a name=", "refused by the JDK")
                        : ImmutableMap.of()),
            lines::add);
    assertThatThrownBy(cluster::run).isInstanceOf(IllegalArgumentException.class);
    requireNobodyLeft();
  }
}
