package io.scenerank.train.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file of a training's history after any failure of its writer. */
class TrainingHistoryTest {
  @TempDir private Path folder;

  private static TrainingHistory.Step step(int epoch, int step, double loss) {
    return new TrainingHistory.Step(epoch, step, loss, 0.1, 1000, 2);
  }

  private static TrainingHistory.Epoch epoch(int epoch, int step) {
    return new TrainingHistory.Epoch(epoch, step, 0.5, 900, ImmutableMap.of("auc_größe", 0.75));
  }

  private void write(Object... points) throws IOException {
    try (HistoryWriter writer = HistoryWriter.open(folder)) {
      for (Object point : points) {
        if (point instanceof TrainingHistory.Step step) {
          writer.write(step);
        } else if (point instanceof ClusterMetrics metrics) {
          writer.write(metrics);
        } else {
          writer.write((TrainingHistory.Epoch) point);
        }
      }
    }
  }

  private Path file() {
    return folder.resolve("history.jsonl");
  }

  @Test
  void learnedWeightsOfLossesAreWrittenWhereThereAreSome() throws IOException {
    TrainingHistory.Step learned =
        new TrainingHistory.Step(
            1, 10, 0.5, 0.1, 1000, 2, ImmutableMap.of("click", 1.25f, "like", 0.75f));
    write(learned, step(1, 12, 0.6));
    assertThat(TrainingHistory.read(folder).steps()).containsExactly(learned, step(1, 12, 0.6));
    assertThat(Files.readAllLines(file()).get(0))
        .endsWith("\"loss_weights\":{\"click\":1.25,\"like\":0.75}}");
    assertThat(Files.readAllLines(file()).get(1)).doesNotContain("loss_weights");
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    write(step(1, 10, 0.7), step(1, 12, 0.6), epoch(1, 12));
    write(step(2, 20, 0.5));
    TrainingHistory history = TrainingHistory.read(folder);
    assertThat(history.steps())
        .containsExactly(step(1, 10, 0.7), step(1, 12, 0.6), step(2, 20, 0.5));
    assertThat(history.epochs()).containsExactly(epoch(1, 12));
    assertThat(Files.readAllLines(file()).get(0))
        .isEqualTo(
            "{\"type\":\"step\",\"epoch\":1,\"step\":10,\"loss\":0.7,\"learning_rate\":0.1,"
                + "\"samples_per_second\":1000.0,\"gradient_norm\":2.0}");
  }

  private static ClusterMetrics cluster(int step) {
    return new ClusterMetrics(
        step,
        1500,
        ImmutableList.of(
            new ClusterMetrics.Worker(0, 1500, true), new ClusterMetrics.Worker(1, 0, false)),
        0.75,
        3,
        2048);
  }

  @Test
  void whatSeveralMachinesDidIsReadToo() throws IOException {
    write(step(1, 10, 0.7), cluster(10), step(1, 12, 0.6), epoch(1, 12), cluster(14));
    TrainingHistory history = TrainingHistory.read(folder);
    assertThat(history.cluster()).containsExactly(cluster(10), cluster(14));
    assertThat(history.steps()).hasSize(2);
    assertThat(history.epochs()).hasSize(1);
    assertThat(Files.readAllLines(file()).get(1))
        .isEqualTo(
            "{\"type\":\"cluster\",\"step\":10,\"samples_per_second\":1500.0,\"workers\":["
                + "{\"index\":0,\"samples_per_second\":1500.0,\"present\":true},"
                + "{\"index\":1,\"samples_per_second\":0.0,\"present\":false}],"
                + "\"mean_staleness\":0.75,\"max_staleness\":3,\"bytes_per_step\":2048.0}");
  }

  @Test
  void whatSeveralMachinesToldTwiceStandsAsTheyToldItLast() throws IOException {
    write(step(1, 10, 0.7), cluster(10), step(1, 20, 0.6), cluster(20), cluster(25));
    // Back to the checkpoint at step 15.
    write(cluster(18), step(1, 20, 0.5));
    assertThat(TrainingHistory.read(folder).cluster()).containsExactly(cluster(10), cluster(18));
    write(cluster(20));
    assertThat(TrainingHistory.read(folder).cluster())
        .containsExactly(cluster(10), cluster(18), cluster(20));
  }

  @Test
  void withoutAFileThereIsNone() throws IOException {
    assertThat(TrainingHistory.read(folder)).isEqualTo(TrainingHistory.NONE);
  }

  @Test
  void aLastLineThatIsCutAnywhereIsLeftOutAndGoneOver() throws IOException {
    write(step(1, 10, 0.7));
    byte[] whole = Files.readAllBytes(file());
    write(epoch(1, 10));
    byte[] both = Files.readAllBytes(file());
    for (int size = whole.length; size < both.length; size++) {
      Files.write(file(), Arrays.copyOf(both, size));
      assertThat(TrainingHistory.read(folder).steps()).hasSize(1);
      assertThat(TrainingHistory.read(folder).epochs()).as("%d bytes", size).isEmpty();
      write(epoch(1, 10));
      assertThat(Files.readAllBytes(file())).isEqualTo(both);
    }
  }

  @Test
  void stepsThatAreToldTwiceStandAsTheyWereToldLast() throws IOException {
    write(step(1, 10, 0.7), step(1, 12, 0.6), epoch(1, 12), step(2, 20, 0.5), step(2, 24, 0.4));
    write(epoch(2, 24), step(3, 30, 0.3));
    // Interrupted, and resumed from the checkpoint at step 15.
    write(step(2, 20, 0.51), step(2, 24, 0.41), epoch(2, 24));
    TrainingHistory history = TrainingHistory.read(folder);
    assertThat(history.steps())
        .containsExactly(step(1, 10, 0.7), step(1, 12, 0.6), step(2, 20, 0.51), step(2, 24, 0.41));
    assertThat(history.epochs()).containsExactly(epoch(1, 12), epoch(2, 24));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'step','epoch' 1} | line 2: not well formed JSON",
        "[1] | line 2: expected a JSON object",
        "{'epoch':1} | line 2: type is null, expected \"step\", \"epoch\" or \"cluster\"",
        "{'type':'batch'} | line 2: type is \"batch\", expected \"step\", \"epoch\" or \"cluster\"",
        "{'type':'step','epoch':1,'step':2,'los':3} | line 2: unknown key 'los'",
        "{'type':'step','epoch':'one'} | line 2: key 'epoch'",
      })
  void aDamagedLineIsNamed(String line, String message) throws IOException {
    write(step(1, 10, 0.7));
    Files.writeString(
        file(), line.replace('\'', '"') + "\n", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    assertThatThrownBy(() -> TrainingHistory.read(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file() + ", ")
        .hasMessageContaining(message);
  }
}
