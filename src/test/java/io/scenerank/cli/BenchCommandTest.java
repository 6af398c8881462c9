package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks run and say what they measured; no test measures their speed. */
@Tag("slow")
class BenchCommandTest {
  private static final String QUICKLY = "--seconds=0.01 --warm-up=0 --model=mmoe";

  private static final Path GRAPHS = Path.of("src/test/resources/keras/graphs");

  @TempDir private Path temp;

  @Test
  void trainingShowsTheMachinesSpeedBesideTheModels() {
    String[] words = words("bench training --batch-size=8 --rows=16 --threads=1");
    assertThat(Cli.good((Object[]) words).out())
        .contains("ms a step", "rows/s", "GEMM GFLOP/s", "share of GEMM")
        .contains("| mmoe  |      16 |");
    JsonNode speed = json(words("bench training --batch-size=8 --rows=16 --json"));
    assertThat(speed.get("workload").asText()).isEqualTo("mmoe");
    assertThat(speed.get("multiply_adds_per_row").asLong()).isEqualTo(666_432);
    assertThat(speed.get("share").asDouble()).isPositive();
  }

  @Test
  void inferenceTimesOneRowAndCandidatesAndAColdStart() {
    JsonNode speed = json(words("bench inference --candidates=4 --cold-starts=1 --json"));
    assertThat(speed.get("windows").findValuesAsText("workload"))
        .containsExactly("one_row", "candidates", "candidate_rows");
    assertThat(speed.get("windows").get(1).get("rows").asInt() % 4).isZero();
    assertThat(speed.get("cold_start_seconds").asDouble()).isPositive();
  }

  @Test
  void anImportedRunIsTimedWithItsOwnColumnsAndTraining() {
    Path run = temp.resolve("deepfm");
    Cli.good("import-keras", GRAPHS.resolve("deepfm.keras"), "--out", run);
    String of = " --seconds=0.01 --warm-up=0 --threads=1 --json --run=" + run;
    JsonNode training =
        parse(Cli.good(split("bench training --batch-size=8 --rows=16" + of)).out());
    assertThat(training.get("workload").asText()).isEqualTo("deepfm");
    assertThat(training.get("multiply_adds_per_row").asLong()).isZero(); // nobody has counted them
    String inference = "bench inference --candidates=4 --cold-starts=1" + of;
    assertThat(workloads(inference)).containsExactly("one_row", "candidate_rows");
    assertThat(workloads(inference + " --user-features=user_id"))
        .containsExactly("one_row", "candidates", "candidate_rows");
    Cli.invalid("'usr' is not an input", split(inference + " --user-features=usr"));
  }

  private static List<String> workloads(String command) {
    return parse(Cli.good(split(command)).out()).get("windows").findValuesAsText("workload");
  }

  private static Object[] split(String command) {
    return command.split(" ");
  }

  @Test
  void textsAreNotTimed() {
    Path run = temp.resolve("texts");
    Cli.good("import-keras", GRAPHS.resolve("texts.keras"), "--out", run);
    Cli.invalid("column 'genre' has texts, expected", "bench", "training", "--run", run);
  }

  @Test
  void vocabularyTimesEverySizeAndTheMemory() {
    JsonNode speed = json(words("bench vocabulary --rows-of-video-id=100,2000 --json"));
    assertThat(speed.get("steps").findValuesAsText("rows_of_video_id"))
        .containsExactly("100", "2000");
    assertThat(speed.get("steps").get(0).get("ratio").asDouble()).isEqualTo(1);
    assertThat(speed.get("table_bytes").asLong()).isEqualTo(2000 * 8 * 4);
    assertThat(speed.get("resident_bytes").asLong()).isPositive();
  }

  @Test
  void inputTimesEveryPartOfTheWay() {
    JsonNode speed = json(words("bench input --rows=200 --rounds=1 --json"));
    assertThat(speed.properties())
        .extracting(part -> part.getKey())
        .containsExactly("prepare", "read", "batch", "train");
    assertThat(speed).allSatisfy(rate -> assertThat(rate.asDouble()).isPositive());
  }

  @Test
  void aWorkerAnswersOnStandardOutput() throws IOException, InterruptedException {
    Path requests = temp.resolve("requests");
    Files.writeString(requests, "window 0\nshare 0 mmoe\nfirst\nmemory\nquit\n");
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", "exec \"$@\" < \"$0\"", requests.toString()));
    command.addAll(
        ChildProcess.java(
            ChildProcess.classpath(),
            ScenerankCommand.class.getName(),
            words("bench training --worker --batch-size=8 --rows=16 --threads=1")));
    Outcome outcome = ChildProcess.run(temp, command);
    assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    List<String> lines = outcome.out().lines().toList();
    assertThat(lines).as("%s", outcome).hasSize(5).startsWith("ready");
    assertThat(parse(lines.get(1)).get("rows").asInt()).isEqualTo(8);
    assertThat(parse(lines.get(2)).get("workload").asText()).isEqualTo("mmoe");
    assertThat(Double.parseDouble(lines.get(3))).isPositive();
    assertThat(parse(lines.get(4)).get("resident_bytes").asLong()).isPositive();
  }

  @Test
  void wrongOptionsAreNamed() {
    Cli.misused("known: training, inference, vocabulary, input", "bench");
    Cli.misused("did you mean '--model'?", "bench", "training", "--modle=apg");
    Cli.invalid("model 'pepnat' is unknown", "bench", "training", "--model", "pepnat");
    Cli.invalid("--seconds is 0.0, expected more than 0", "bench", "input", "--seconds", 0);
    Cli.invalid("--warm-up is -1.0, expected 0 or more", "bench", "training", "--warm-up", -1);
    Cli.invalid(
        "--rows is 100, expected a multiple of --batch-size, which is 64",
        "bench",
        "training",
        "--rows",
        100,
        "--batch-size",
        64);
    Cli.invalid(
        "--rows-of-video-id is [5, 5], expected sizes from 1 on, ascending",
        "bench",
        "vocabulary",
        "--rows-of-video-id",
        "5,5");
    Cli.invalid("--candidates is 0, expected 1 or more", "bench", "inference", "--candidates", 0);
    Cli.invalid(
        "--user-features is [user_id], expected together with --run",
        "bench",
        "inference",
        "--user-features",
        "user_id");
    Cli.invalid("config.yaml: no such file", "bench", "training", "--run", temp);
    Cli.invalid("not a SavedModel", "bench", "inference", "--saved-model", temp);
  }

  private static String[] words(String command) {
    return (command + " " + QUICKLY).split(" ");
  }

  private static JsonNode json(String... words) {
    return parse(Cli.good((Object[]) words).out());
  }

  private static JsonNode parse(String json) {
    return new ConfigMapper().parse(json, "what was printed");
  }
}
