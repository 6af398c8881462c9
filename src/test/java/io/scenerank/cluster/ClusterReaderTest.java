package io.scenerank.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterReader.Reachability;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterReaderTest {
  private static final ClusterSpec SPEC =
      new ClusterSpec(
          "a:1", ImmutableList.of("b.example:2"), ImmutableList.of("[::1]:3", "10.0.0.1:4"));

  private static final String JOBS =
      "'chief': ['a:1'], 'ps': ['b.example:2'], 'worker': ['[::1]:3', '10.0.0.1:4']";
  private static final String WORKER_1 = "'task': {'type': 'worker', 'index': 1}";

  private final ClusterReader reader = new ClusterReader();

  @TempDir private Path temp;

  private Optional<ClusterReader.Config> tfConfig(String text) {
    return reader.tfConfig(text.replace('\'', '"'));
  }

  private ClusterReader.Config file(String text) throws IOException {
    return reader.file(Files.writeString(temp.resolve("cluster.yaml"), text));
  }

  @Test
  void tensorFlowsVariableNamesTheClusterAndTheTask() {
    assertThat(tfConfig("{'cluster': {" + JOBS + "}, " + WORKER_1 + "}"))
        .contains(
            new ClusterReader.Config(
                SPEC, Optional.of(new TaskId(TaskId.Role.WORKER, 1)), Optional.empty()));
  }

  @Test
  void whatPlatformsAddIsLeftAlone() {
    String text =
        "{'cluster': {"
            + JOBS.replace("chief", "master")
            + ", 'evaluator': []}, 'task': {'type': 'master', 'index': 0, 'trial': '1',"
            + " 'cloud': 'x'}, 'environment': 'cloud', 'rpc_layer': 'grpc', 'job': {'a': 1}}";
    assertThat(tfConfig(text))
        .contains(new ClusterReader.Config(SPEC, Optional.of(TaskId.chief()), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{'task': {'type': 'worker', 'index': 0}, 'environment': 'cloud'}",
        "{'cluster': {}}",
        "{'cluster': {'worker': ['localhost:1']}, 'task': {'type': 'worker', 'index': 0}}",
        "{'cluster': {'chief': ['localhost:1']}}"
      })
  void aClusterOfOneTaskIsNone(String text) {
    assertThat(tfConfig(text)).isEmpty();
  }

  @Test
  void whatIsWrittenIsRead() {
    for (TaskId task : SPEC.tasks()) {
      assertThat(reader.tfConfig(reader.write(SPEC, task)))
          .contains(new ClusterReader.Config(SPEC, Optional.of(task), Optional.empty()));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'cluster'                                  | : not well formed JSON
          {'clustr': {}}                              | : unknown key 'clustr'; did you mean 'cluster'?
          {'cluster': {'wroker': ['a:1']}}            | : unknown key 'cluster.wroker'; did you mean 'worker'?
          {'cluster': {JOBS}, 'task': {'index': 0}}   | : key 'task.type' is missing, expected chief
          {'cluster': {JOBS}, 'task': {'type': 'ps'}} | : key 'task.index' is missing, expected a number
          {'cluster': {JOBS}, 'task': {'type': 'wrker', 'index': 0}} | : key 'task.type': unknown role 'wrker'; did you mean 'worker'?
          {'cluster': {JOBS}, 'task': {'type': 'ps', 'index': 1}} | : key 'task.index': found ps 1, but tasks 'ps' are numbered from 0 to 0
          {'cluster': {JOBS}, 'task': {'type': 'ps', 'index': 'x'}} | : key 'task.index': found "x", expected a whole number
          {'cluster': {JOBS}, 'task': {'type': 'evaluator', 'index': 0}} | the task 'evaluator' does not exist here, the chief evaluates
          {'cluster': {JOBS, 'evaluator': ['z:1']}, TASK} | the task 'evaluator' does not exist here
          {'cluster': {JOBS, 'master': ['z:1']}, TASK} | 'cluster.chief' and 'cluster.master' are two names
          {'cluster': {JOBS}, TASK, 'rpc_layer': 'x'} | : key 'rpc_layer': found 'x', expected grpc
          {'cluster': {'chief': ['a:1'], 'ps': ['b:1']}, TASK} | : key 'cluster.worker' is missing, expected a list
          {'cluster': {'chief': ['a:1'], 'worker': ['b:1']}, TASK} | : key 'cluster.ps' is missing, expected a list
          {'cluster': {'ps': ['a:1'], 'worker': ['b:1']}, TASK} | : key 'cluster.chief': found 0 addresses, expected a list of one
          {'cluster': {'worker': {'0': 'b:1'}}, TASK} | : key 'cluster.worker': found {"0":"b:1"}, expected a list
          {'cluster': {'chief': ['a:1'], 'ps': ['b'], 'worker': ['c:1']}, TASK} | : key 'cluster.ps[0]': found 'b', expected host:port
          {'cluster': {'chief': ['a:1'], 'ps': ['b:1'], 'worker': ['c:1', 'c:99999']}, TASK} | : key 'cluster.worker[1]': found 'c:99999', expected host:port
          {'cluster': {'chief': ['a:1'], 'ps': ['grpc://b:1'], 'worker': ['c:1']}, TASK} | : key 'cluster.ps[0]': found 'grpc://b:1', expected host:port
          {'cluster': {'chief': ['a:1'], 'ps': ['b:1'], 'worker': ['a:1']}, TASK} | : key 'cluster.worker[0]': found 'a:1', which 'cluster.chief' has already
          """)
  void aWrongVariableIsNamedByItsKey(String text, String message) {
    assertThatThrownBy(() -> tfConfig(text.replace("JOBS", JOBS).replace("TASK", WORKER_1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("TF_CONFIG: ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void aFileNamesTheClusterAndPerhapsTheTask() throws IOException {
    String addresses = "chief: a:1\nps: ['b.example:2']\nworkers: ['[::1]:3', '10.0.0.1:4']\n";
    assertThat(file(addresses))
        .isEqualTo(new ClusterReader.Config(SPEC, Optional.empty(), Optional.empty()));
    assertThat(file(addresses + "task: ps:0\nbind: all\n"))
        .isEqualTo(
            new ClusterReader.Config(
                SPEC, Optional.of(new TaskId(TaskId.Role.PS, 0)), Optional.of(Reachability.ALL)));
    assertThat(file(addresses + "task: chief\n").task()).contains(TaskId.chief());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ps: [b:1]                                      | key 'chief' is missing, expected host:port
          {chief: a:1, ps: [b:1]}                        | key 'workers' is missing, expected a list
          {chief: a:1, ps: b:1, workers: [c:1]}          | key 'ps': found b:1, expected a list
          {chief: a:1, ps: [b:1], worker: [c:1]}         | unknown key 'worker'; did you mean 'workers'?
          {chief: a, ps: [b:1], workers: [c:1]}          | key 'chief': found 'a', expected host:port
          {chief: a:1, ps: [b:1], workers: [c:1], task: worker} | key 'task': found 'worker', expected ROLE:N
          {chief: a:1, ps: [b:1], workers: [c:1], task: w:0} | key 'task': unknown role 'w'
          {chief: a:1, ps: [b:1], workers: [c:1], task: worker:2} | key 'task': found worker 2, but tasks 'worker' are
          {chief: a:1, ps: [b:1], workers: [c:1], bind: al} | key 'bind': found 'al', expected loopback or all; did you mean 'all'?
          """)
  void aWrongFileIsNamedByItsKey(String text, String message) {
    assertThatThrownBy(() -> file(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(temp.resolve("cluster.yaml") + ": ")
        .hasMessageContaining(message.replace("found b:1", "found \"b:1\""));
  }

  @Test
  void aFileThatIsNotThere() {
    assertThatThrownBy(() -> reader.file(temp.resolve("none.yaml")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("none.yaml: cannot be read (no such file)");
  }
}
