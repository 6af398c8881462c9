package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.RunsCommandsOf;
import io.scenerank.train.log.TrainingHistory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Learned weights of the losses, from a run to what continues or leaves it. */
@Tag("slow")
class LossWeightsCommandsTest {
  @TempDir private static Path shared;
  private static Path data;
  private static Path run;

  @TempDir private Path temp;

  @BeforeAll
  static void trainOnce() throws IOException {
    data = SmallDataset.write(shared.resolve("data"));
    run = shared.resolve("run");
    Outcome outcome = train("gradnorm", "run", "pepnet", "--data", data, "--out", run);
    assertThat(outcome.err())
        .contains(
            "gradnorm compares the gradients of the layers dnn/epnet/gate_nu/dense_layers/1,",
            "  loss weights click ",
            ", like ");
  }

  /** A training of one epoch with a method. */
  private static Outcome train(String method, Object... command) {
    List<Object> args = new ArrayList<>(Arrays.asList(command));
    args.addAll(
        List.of(
            "--epochs",
            1,
            "--threads",
            1,
            "--device",
            "cpu",
            "--set",
            "log.every_steps=1",
            "--set",
            "loss_weights=" + method));
    return Cli.good(args.toArray());
  }

  private static Outcome from(String method, Path out) {
    return train(method, "train", "--from", run, "--data", data, "--out", out);
  }

  @Test
  @RunsCommandsOf("docs/training.md#Learned loss weights")
  void thePage(List<String> commands) {
    assertThat(commands).hasSize(2);
    PageCommands page = new PageCommands(temp);
    for (String command : commands) {
      page.run(command.replace("--rows 20000", "--rows 600") + " --epochs 1");
    }
    assertThat(temp.resolve("runs/uncertainty/config.yaml"))
        .content()
        .contains("loss_weights: uncertainty\n");
    assertThat(temp.resolve("runs/gradnorm/config.yaml"))
        .content()
        .contains(
            "  loss_weights:\n    method: gradnorm\n    alpha: 1.0\n    learning_rate: 0.025\n");
  }

  @Test
  void historyAndReportHaveThem() throws IOException {
    List<TrainingHistory.Step> steps = TrainingHistory.read(run).steps();
    assertThat(steps)
        .isNotEmpty()
        .allSatisfy(step -> assertThat(step.lossWeights()).containsOnlyKeys("click", "like"));
    assertThat(steps.get(steps.size() - 1).lossWeights().get("click")).isNotEqualTo(1f);
    assertThat(run.resolve("report.html"))
        .content()
        .contains("<figcaption>Loss weights</figcaption>", "click, at the end ");
  }

  @Test
  void anotherRunContinuesThemOrSaysThatTheyBeginAfresh() throws IOException {
    assertThat(from("gradnorm", temp.resolve("more")).err())
        .contains("the weights of the losses continue from those that gradnorm has learned");
    TrainingHistory more = TrainingHistory.read(temp.resolve("more"));
    // Had they begun afresh, the first step would have the weight 1.
    assertThat(more.steps().get(0).step()).isEqualTo(TrainingHistory.read(run).steps().size() + 1);
    assertThat(more.steps().get(0).lossWeights().get("click")).isNotEqualTo(1f);
    assertThat(from("uncertainty", temp.resolve("other")).err())
        .contains(
            "the weights of the losses begin afresh with uncertainty: the run has gradnorm",
            "continuing from ");
    assertThat(from("{like: 2}", temp.resolve("fixed")).err())
        .contains(
            "the weights of the losses begin afresh with fixed weights: the run has gradnorm");
    assertThat(temp.resolve("fixed/config.yaml")).content().contains("loss_weights:\n    like: 2");
  }

  @Test
  void exportsHaveNoneOfTheirVariables() throws IOException {
    Outcome exported =
        Cli.good("export", run, "--format", "keras", "--out", temp.resolve("model.keras"));
    assertThat(exported.err())
        .contains("Keras has no gradnorm: loss_weights of the file are the last ones");
    JsonNode weights = compiled(temp.resolve("model.keras")).path("loss_weights");
    assertThat(weights.path("click").asDouble() + weights.path("like").asDouble())
        .isCloseTo(2, within(1e-5));
    assertThat(weights.path("click").asDouble()).isNotEqualTo(1);
    assertThat(
            Files.readString(
                run.resolve("saved_model/1/saved_model.pb"), StandardCharsets.ISO_8859_1))
        .contains("embedding/user/embeddings")
        .doesNotContain("loss_weights");
    assertThat(Cli.good("inspect", run.resolve("saved_model/1")).out())
        .doesNotContain("loss_weights");
  }

  private static JsonNode compiled(Path archive) throws IOException {
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      byte[] config = zip.getInputStream(zip.getEntry("config.json")).readAllBytes();
      return new ConfigMapper()
          .parse(new String(config, StandardCharsets.UTF_8), "config.json")
          .path("compile_config");
    }
  }

  @Test
  void rowsThatAreStreamedTrainThemToo() throws IOException {
    Path streamed = temp.resolve("streamed");
    train(
        "uncertainty",
        "run",
        "shared_bottom",
        "--data",
        data,
        "--out",
        streamed,
        "--set",
        "shuffle_buffer=64");
    assertThat(TrainingHistory.read(streamed).steps().get(0).lossWeights()).hasSize(2);
  }
}
