package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** A run and a data set of another vocabulary, in every command that takes both. */
@Tag("slow")
class MixedEncodingsTest {
  /** A model, the data set that it was trained on and another one, and a place for results. */
  private record Mix(Path run, Path own, Path other, Path out) {}

  /**
   * Of every command, the ways in which it takes a trained model and encoded data; none where it
   * does not. A command that is missing here fails a test.
   */
  private static final ImmutableMap<String, List<Function<Mix, Object[]>>> COMMANDS =
      ImmutableMap.<String, List<Function<Mix, Object[]>>>builder()
          .put("run", List.of()) // a new model
          .put(
              "train",
              List.of(
                  mix -> args("train", "--from", mix.run, "--data", mix.other, "--out", mix.out),
                  mix ->
                      args(
                          "train",
                          "--from",
                          mix.run,
                          "--data",
                          mix.other,
                          "--out",
                          mix.out,
                          "--set",
                          "shuffle_buffer=1000")))
          .put("compare", List.of()) // new models
          .put("prepare", List.of()) // raw rows
          .put(
              "predict",
              List.of(
                  mix -> predict(mix.run, mix),
                  mix -> predict(mix.run.resolve("saved_model/1"), mix)))
          .put(
              "evaluate",
              List.of(
                  mix -> args("evaluate", mix.run, "--data", mix.other),
                  mix -> args("evaluate", mix.run.resolve("saved_model"), "--data", mix.other),
                  mix -> args("evaluate", mix.run.resolve("saved_model/1"), "--data", mix.other)))
          .put(
              "explain",
              List.of(mix -> args("explain", mix.run, "--data", mix.other, "--out", mix.out)))
          .put(
              "report",
              List.of(mix -> args("report", mix.run, "--data", mix.other, "--out", mix.out)))
          .put(
              "export",
              List.of(
                  mix ->
                      args(
                          "export",
                          mix.run,
                          "--format",
                          "saved_model",
                          "--out",
                          mix.out,
                          "--raw",
                          "--data",
                          mix.other)))
          .put("import-keras", List.of()) // no data
          .put("inspect", List.of())
          .put("serve", List.of()) // raw rows, encoded as the run's
          .put("parity", List.of()) // rows of a case
          .put("devices", List.of())
          .put("bench", List.of())
          .put("bench inference", List.of()) // rows that it makes
          .put("bench training", List.of())
          .put("bench vocabulary", List.of())
          .put("bench input", List.of())
          .buildOrThrow();

  @TempDir private static Path shared;
  private static TwoDays days;
  private static Path run;
  private static Path own;
  private static Path other;

  @TempDir private Path temp;

  private static Object[] args(Object... args) {
    return args;
  }

  private static Object[] predict(Path model, Mix mix) {
    Path input = mix.other.resolve("test.parquet");
    return args("predict", model, "--input", input, "--output", mix.out);
  }

  private static Object[] with(Object[] args, Object... more) {
    return Stream.concat(Arrays.stream(args), Arrays.stream(more)).toArray();
  }

  @BeforeAll
  static void trainOnTheFirstDay() throws Exception {
    days = TwoDays.withoutExpressions(shared);
    own = days.prepare(1);
    other = days.prepare(2);
    run = days.train(own, "run");
  }

  @Test
  void everyCommandIsConsidered() {
    List<String> names = new ArrayList<>();
    collect("", ScenerankCommand.commandLine(), names);
    assertThat(COMMANDS.keySet()).containsExactlyInAnyOrderElementsOf(names);
  }

  private static void collect(String prefix, CommandLine command, List<String> names) {
    command
        .getSubcommands()
        .forEach(
            (name, sub) -> {
              names.add(prefix + name);
              collect(prefix + name + " ", sub, names);
            });
  }

  @Test
  void theCommandsThatMixHaveTheOptionAndNoOther() {
    ScenerankCommand.commandLine()
        .getSubcommands()
        .forEach(
            (name, command) ->
                assertThat(command.getCommandSpec().findOption("--ignore-encoding") != null)
                    .as(name)
                    .isEqualTo(!COMMANDS.get(name).isEmpty()));
  }

  static Stream<Function<Mix, Object[]>> mixes() {
    return COMMANDS.values().stream().flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("mixes")
  void aMixIsRefusedUnlessItIsForced(Function<Mix, Object[]> command) {
    Object[] mixed = command.apply(new Mix(run, own, other, temp.resolve("out")));
    Outcome refused = Cli.run(mixed);
    assertThat(refused.exitCode()).as("%s", refused).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(refused.errLines().get(refused.errLines().size() - 1))
        .startsWith("scenerank: " + other)
        .contains(
            ": encoded otherwise than what " + run,
            " was trained on: ",
            "table 'item'",
            "'prepare RAW --encoding ",
            "--ignore-encoding");
    assertThat(refused.out()).isEmpty();
    assertThat(temp).isEmptyDirectory();

    Outcome forced = Cli.good(with(mixed, "--ignore-encoding"));
    assertThat(forced.err())
        .containsOnlyOnce("encoded otherwise than what " + run)
        .contains("ignoreEncoding (--ignore-encoding) accepts it as it is");

    Object[] right = command.apply(new Mix(run, own, own, temp.resolve("right")));
    assertThat(Cli.good(right).err()).doesNotContain("encoded otherwise", "cannot be checked");
  }

  @Test
  void aClusterIsNotStartedForAMix() {
    Cli.invalid(
        other.resolve("schema.json") + ": encoded otherwise than what " + run,
        "train",
        "--from",
        run,
        "--data",
        other,
        "--out",
        temp.resolve("out"),
        "--local-cluster",
        "ps=1,workers=1");
  }

  /** A copy of a folder whose JSON files have no fingerprint, as older versions wrote them. */
  private Path older(Path folder, String name) throws IOException {
    Path copy = temp.resolve(name);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        Path target = copy.resolve(folder.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    withoutFingerprint(copy.resolve("schema.json"));
    return copy;
  }

  private static void withoutFingerprint(Path json) throws IOException {
    String text = Files.readString(json);
    Pattern key =
        Pattern.compile(",\\s*\"fingerprint\" : \\{.*\\}\\s*\\}(?=\\s*\\}\\s*$)", Pattern.DOTALL);
    assertThat(key.matcher(text).find()).isTrue();
    Files.writeString(json, key.matcher(text).replaceFirst(""));
  }

  @Test
  void anOlderRunCannotBeCheckedWhichIsSaid() throws Exception {
    Path old = older(run, "old");
    assertThat(Cli.good("evaluate", old, "--data", other).err())
        .contains(
            other.resolve("schema.json")
                + ": cannot be checked to have the ids that "
                + old
                + " was trained on (the model has no fingerprint of its vocabularies): item, tags,"
                + " price, device and 1 more");
    Path export = old.resolve("saved_model/1");
    withoutFingerprint(export.resolve("assets.extra/scenerank.json"));
    for (Path model : new Path[] {old, export}) {
      Outcome outcome =
          Cli.good(
              predict(
                  model, new Mix(old, own, other, temp.resolve(model.getFileName() + ".parquet"))));
      assertThat(outcome.err()).containsOnlyOnce("cannot be checked");
    }
  }

  @Test
  void olderDataIsCheckedByItsVocabularies() throws Exception {
    Path old = older(other, "old");
    Cli.invalid("table 'item'", "evaluate", run, "--data", old);
    Path same = older(own, "same");
    assertThat(Cli.good("evaluate", run, "--data", same).err())
        .contains("cannot be checked", "(one of them has no vocabulary): price, device")
        .doesNotContain("item");
  }

  @Test
  void dataWithoutVocabulariesCannotBeCheckedWhichIsSaid() throws Exception {
    Path data = SmallDataset.write(temp.resolve("data"));
    Path small = temp.resolve("small");
    Cli.good("run", "pepnet", "--data", data, "--out", small, "--epochs", 1, "--device", "cpu");
    assertThat(Cli.good("evaluate", small, "--data", data).err())
        .contains("schema.json: cannot be checked to have the ids that " + small);
    SmallDataset.addVocabulary(data);
    Path known = temp.resolve("known");
    Cli.good("run", "pepnet", "--data", data, "--out", known, "--epochs", 1, "--device", "cpu");
    assertThat(Cli.good("evaluate", known, "--data", data).err())
        .contains("(one of them has no vocabulary): history, scene, item");
    Files.writeString(data.resolve("user.csv"), "value,id\nanna,4\nben,3\n");
    Cli.invalid(": table 'user'; encode", "evaluate", known, "--data", data);
  }

  @Test
  void aCheckpointOfAnotherRunIsNamed() throws Exception {
    Path second = days.train(other, "second");
    Path copy = older(second, "copy");
    Files.copy(
        run.resolve("schema.json"),
        copy.resolve("schema.json"),
        StandardCopyOption.REPLACE_EXISTING);
    Cli.invalid(
        "fingerprint.json: the checkpoint is of a model that was trained on other data",
        "evaluate",
        copy,
        "--data",
        own);
  }

  @Test
  void aSavedModelOfAnotherRunDoesNotScoreRawRows() throws Exception {
    Path second = days.train(other, "third");
    Path mixed = older(run, "mixed");
    for (String file : new String[] {"schema.json", "vocab/item.parquet", "vocab/user.parquet"}) {
      Files.copy(second.resolve(file), mixed.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Path out = temp.resolve("scores.parquet");
    Cli.invalid(
        mixed.resolve("schema.json") + ": encoded otherwise than what " + mixed,
        "predict",
        mixed,
        "--input",
        days.raw(2),
        "--output",
        out);
  }

  @Test
  void synthesisedDataOfAnotherSeedIsOtherData() {
    List<Path> sets = new ArrayList<>();
    for (Map.Entry<String, Integer> set : ImmutableMap.of("a", 1, "b", 2).entrySet()) {
      Path out = temp.resolve(set.getKey());
      Cli.good("prepare", "synthetic", "--rows", 300, "--seed", set.getValue(), "--out", out);
      sets.add(out);
    }
    Path more = temp.resolve("more");
    Cli.good("prepare", "synthetic", "--rows", 500, "--out", more);
    Path trained = temp.resolve("run");
    Cli.good(
        "run",
        "shared_bottom",
        "--data",
        sets.get(0),
        "--out",
        trained,
        "--epochs",
        1,
        "--device",
        "cpu");
    Cli.invalid("encoded otherwise", "evaluate", trained, "--data", sets.get(1));
    assertThat(Cli.good("evaluate", trained, "--data", more).err())
        .as("more rows of the same world")
        .doesNotContain("cannot be checked");
  }
}
