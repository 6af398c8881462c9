package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.google.common.base.Splitter;
import io.scenerank.cluster.ClusterReader.Reachability;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.chief.ClusterOptions;
import io.scenerank.cluster.local.LocalTraining;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class ClusterArgumentsTest {
  private static final Map<String, String> WORKER =
      Map.of(
          "TF_CONFIG",
          "{\"cluster\": {\"chief\": [\"a:1\"], \"ps\": [\"b:1\"], \"worker\": [\"c:1\"]},"
              + " \"task\": {\"type\": \"worker\", \"index\": 0}}");

  @TempDir private Path temp;
  private Path file;

  @BeforeEach
  void writeFile() throws IOException {
    file =
        Files.writeString(
            temp.resolve("cluster.yaml"), "chief: a:1\nps: ['b:1']\nworkers: ['c:1', 'd:1']\n");
  }

  private ClusterArguments parse(String arguments) {
    ClusterArguments options = new ClusterArguments();
    CommandSpec command = CommandSpec.create();
    command.addMixin("cluster", CommandSpec.forAnnotatedObject(options));
    new CommandLine(command)
        .parseArgs(
            Splitter.on(' ')
                .omitEmptyStrings()
                .splitToStream(arguments.replace("FILE", file.toString()))
                .toArray(String[]::new));
    return options;
  }

  @Test
  void withoutAnyOfThemAProcessTrainsAlone() {
    ClusterArguments options = parse("");
    assertThat(options.local(Map.of())).isEmpty();
    assertThat(options.task(Map.of())).isEmpty();
    assertThat(options.task(Map.of("TF_CONFIG", ""))).isEmpty();
    assertThat(parse("--sync --bind all").task(Map.of("TF_CONFIG", "{}"))).isEmpty();
  }

  @Test
  void theVariableSaysWhoThisIs() {
    ClusterTask task =
        parse("--bind all --sync --worker-wait 5 --step-limit 7")
            .task(Map.of("TF_CONFIG", WORKER.get("TF_CONFIG"), ClusterArguments.JOB, "one"))
            .orElseThrow();
    assertThat(task.id()).isEqualTo(new TaskId(TaskId.Role.WORKER, 0));
    assertThat(task.place().spec().workers()).containsExactly("c:1");
    assertThat(task.place().mode()).isEqualTo(ClusterOptions.Mode.SYNC);
    assertThat(task.place().workerWait()).isEqualTo(Duration.ofSeconds(5));
    assertThat(task.place().stepLimit()).isEqualTo(Duration.ofSeconds(7));
    assertThat(task.place().job()).contains("one");
  }

  @Test
  void aFileAndAnOptionSayWhoThisIs() throws IOException {
    ClusterTask task =
        parse("--cluster FILE --task worker:1 --bind all").task(Map.of()).orElseThrow();
    assertThat(task.id()).isEqualTo(new TaskId(TaskId.Role.WORKER, 1));
    assertThat(task.place().mode()).isEqualTo(ClusterOptions.Mode.ASYNC);
    assertThat(task.place().workerWait()).isEqualTo(Duration.ofSeconds(60));
    assertThat(task.place().stepLimit()).isEqualTo(Duration.ofSeconds(120));
    assertThat(task.place().warmStart()).isEqualTo(300);
    assertThat(task.place().job()).isEmpty();
    Files.writeString(file, Files.readString(file) + "task: ps:0\n");
    assertThat(parse("--cluster FILE --bind all").task(Map.of()).orElseThrow().id())
        .isEqualTo(new TaskId(TaskId.Role.PS, 0));
    assertThat(parse("--cluster FILE --task chief --bind all").task(Map.of()).orElseThrow().id())
        .as("the option goes before the file")
        .isEqualTo(TaskId.chief());
  }

  @Test
  void whoSaysFromWhereItMayBeReached() {
    Map<String, String> all = Map.of("SCENERANK_BIND", "all");
    assertThat(parse("").bind(Map.of(), Optional.empty())).isEqualTo(Reachability.LOOPBACK);
    assertThat(parse("").bind(Map.of(), Optional.of(Reachability.ALL))).isEqualTo(Reachability.ALL);
    assertThat(parse("").bind(all, Optional.of(Reachability.LOOPBACK))).isEqualTo(Reachability.ALL);
    assertThat(parse("--bind loopback").bind(all, Optional.of(Reachability.ALL)))
        .isEqualTo(Reachability.LOOPBACK);
    assertThatThrownBy(() -> parse("").bind(Map.of("SCENERANK_BIND", "any"), Optional.empty()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("SCENERANK_BIND: found 'any', expected loopback or all; did you mean 'all'?");
  }

  @Test
  void aServerThatOthersCouldReachIsRefused() {
    assumeFalse(Reachability.LOOPBACK.isKept(), "this machine has no network");
    assertThatThrownBy(() -> parse("").task(WORKER))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("worker 0: TensorFlow's server would listen on all network")
        .hasMessageContaining("no authentication")
        .hasMessageEndingWith("allow it with bind all (--bind all)");
  }

  @Test
  void aSupervisorIsOneAndItsProcessesAreNone() {
    String local = "--local-cluster ps=1,workers=2 --sync";
    assertThat(parse(local).local(Map.of())).contains(new LocalTraining.Size(1, 2));
    ClusterArguments child = parse(local + " --bind all --supervised");
    assertThat(child.isSupervised()).isTrue();
    assertThat(child.local(WORKER)).isEmpty();
    assertThat(child.task(WORKER)).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          --task ps:0 | no | --task says which process of --cluster FILE this is
          --sync | no | --sync is for training on several processes: use it with --cluster
          --async | no | --async is for training on several processes
          --bind all | no | --bind is for training on several processes
          --worker-wait 3 | no | --worker-wait is for training on several processes
          --step-limit 3 | no | --step-limit is for training on several processes
          --warm-start 3 | no | --warm-start is for training on several processes
          --cluster FILE | no | which process of FILE is this? Expected --task
          --cluster FILE --task worker:2 | no | --task: found worker 2, but tasks 'worker' are numbered from 0 to 1
          --cluster FILE --task 1 | no | --task: unknown role '1'
          --cluster FILE --task ps:0 --bind here | no | --bind: found 'here', expected loopback or all
          --cluster FILE --task ps:0 --bind all --worker-wait -1 | no | --worker-wait is -1, expected 0 or more
          --cluster FILE --task ps:0 | set | --cluster and the variable TF_CONFIG both define
          --local-cluster ps=1,workers=1 | set | --local-cluster and the variable TF_CONFIG both define
          --local-cluster ps=1,workers=1 --cluster FILE | no | --local-cluster and --cluster and --task both define
          --local-cluster ps=1,workers=1 --task ps:0 | no | --local-cluster and --cluster and --task both define
          --local-cluster ps=1 | no | --local-cluster: found 'ps=1', expected ps=N,workers=N
          --local-cluster ps=1,workers=1 --worker-wait -1 | no | --worker-wait is -1, expected
          --local-cluster ps=1,workers=1 --step-limit 0 | no | --step-limit is 0, expected 1 to 86400
          --local-cluster ps=1,workers=1 --warm-start -1 | no | --warm-start is -1, expected 0 or more
          --local-cluster ps=1,workers=1 --sync --warm-start 9 | no | --warm-start is for --async, and this is --sync
          """)
  void whatContradictsItselfIsNamed(String arguments, String variable, String message) {
    ClusterArguments options = parse(arguments);
    Map<String, String> environment = variable.equals("set") ? WORKER : Map.of();
    assertThatThrownBy(
            () -> {
              options.local(environment);
              options.task(environment);
            })
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message.replace("of FILE", "of " + file));
  }

  @Test
  void oneTrainingIsNotBoth() {
    assertThatThrownBy(() -> parse("--sync --async"))
        .isInstanceOf(CommandLine.MutuallyExclusiveArgsException.class);
  }
}
