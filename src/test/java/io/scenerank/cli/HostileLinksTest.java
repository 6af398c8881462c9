package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.Iterables;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.testing.ChildProcess.Outcome;
import io.scenerank.testing.Watched;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs and data sets of which a file or folder is a link to the like of it elsewhere: every command
 * that would read it, or write there, refuses it without a look.
 */
@Tag("slow")
class HostileLinksTest {
  private static final String OUT = "is outside the folder, expected a file inside it";

  /** Which commands read a part of a run. */
  private static final ImmutableListMultimap<String, String> OF_RUN =
      ImmutableListMultimap.<String, String>builder()
          .putAll("config.yaml", "from", "evaluate", "input", "export", "raw", "report", "inspect")
          .putAll("schema.json", "from", "evaluate", "input", "export", "raw", "report", "inspect")
          .putAll("schema.json", "prepare", "extend", "predict")
          .putAll("encoding.json", "input", "raw", "prepare", "extend", "predict")
          .putAll("vocab", "input", "raw", "prepare", "extend", "predict")
          .putAll("vocab/item.parquet", "input", "raw", "prepare", "extend", "predict")
          .putAll("vocab/item.pending.parquet", "prepare", "extend")
          .putAll("tables", "input", "prepare", "extend", "predict")
          .putAll("tables/0-cities.parquet", "input", "prepare", "extend", "predict")
          .putAll("checkpoint", "from", "evaluate", "input", "export", "report", "inspect")
          .putAll("checkpoint/epoch-00001", "from", "evaluate", "export", "report", "inspect")
          .putAll("checkpoint/epoch-00001/state.json", "from", "evaluate", "export", "inspect")
          .putAll("checkpoint/epoch-00001/fingerprint.json", "from", "evaluate", "export")
          .putAll("checkpoint/epoch-00001/variables.index", "from", "evaluate", "inspect")
          .putAll(
              "checkpoint/epoch-00001/variables.data-00000-of-00001", "from", "evaluate", "inspect")
          .putAll("report.json", "report")
          .putAll("history.jsonl", "report")
          .putAll("saved_model", "predict", "inspect")
          .putAll("saved_model/1", "predict", "inspect")
          .putAll("saved_model/1/saved_model.pb", "predict", "inspect", "model", "import")
          .putAll("saved_model/1/variables", "predict", "inspect", "model", "import")
          .putAll("saved_model/1/variables/variables.index", "predict", "inspect", "model")
          .putAll("saved_model/1/assets.extra", "predict", "inspect", "model", "import")
          .putAll("saved_model/1/assets.extra/scenerank.json", "predict", "model", "import")
          .build();

  /** Which commands read a part of a data set. */
  private static final ImmutableListMultimap<String, String> OF_DATA =
      ImmutableListMultimap.<String, String>builder()
          .putAll("schema.json", "train", "run", "from", "evaluate", "measure", "prepareData")
          .putAll("train.parquet", "train", "run", "from", "evaluate", "measure", "rawData")
          .putAll("test.parquet", "train", "run", "from", "evaluate", "measure", "rawData")
          .putAll("encoding.json", "train", "prepareData", "extendData", "rawData")
          .putAll("vocab", "train", "prepareData", "extendData", "rawData")
          .putAll("vocab/item.parquet", "train", "prepareData", "extendData", "rawData")
          .putAll("vocab/item.pending.parquet", "train", "prepareData", "extendData")
          .putAll("tables", "train", "prepareData", "extendData")
          .putAll("tables/0-cities.parquet", "train", "prepareData", "extendData")
          .build();

  /** The files that resuming an unfinished run writes, in addition to those that it reads. */
  private static final ImmutableList<String> WRITTEN =
      ImmutableList.of(
          "checkpoint",
          "checkpoint/epoch-00001",
          "history.jsonl",
          "events",
          "saved_model",
          "saved_model/1",
          "metrics.json",
          "report.json",
          "report.html",
          "vocab/item.parquet",
          "unfinished.yaml");

  @TempDir private static Path shared;
  private static HandedOver made;

  @TempDir private Path temp;
  private Path data;
  private Path run;
  private ReadingCommands commands;
  private Path outside;
  private Watched watched;

  /** How a link leads out. */
  private enum Way {
    ABSOLUTE,
    RELATIVE,
    BY_A_LINK_INSIDE
  }

  /**
   * A folder that somebody hands over.
   *
   * @param name {@link HandedOver#DATA} or {@link HandedOver#RUN}
   * @param part what in it is a link
   * @param commands names of those that read it
   */
  private record Handed(String name, String part, Way way, List<String> commands) {
    @Override
    public String toString() {
      return name + "/" + part + " " + way;
    }
  }

  static List<Handed> handed() {
    return Stream.of(Map.entry(HandedOver.RUN, OF_RUN), Map.entry(HandedOver.DATA, OF_DATA))
        .flatMap(
            folder ->
                folder.getValue().asMap().entrySet().stream()
                    .flatMap(
                        part ->
                            Stream.of(Way.values())
                                .map(
                                    way ->
                                        new Handed(
                                            folder.getKey(),
                                            part.getKey(),
                                            way,
                                            List.copyOf(part.getValue())))))
        .toList();
  }

  @BeforeAll
  static void prepareAndTrain() throws Exception {
    made = HandedOver.in(shared);
  }

  @BeforeEach
  void copy() throws IOException {
    data = made.copy(HandedOver.DATA, temp);
    run = made.copy(HandedOver.RUN, temp);
    commands = new ReadingCommands(data, run, made.raw(), temp.resolve("out"));
    outside = Files.createDirectory(temp.resolve("outside"));
    made.copy(HandedOver.DATA, outside);
    made.copy(HandedOver.RUN, outside);
    watched = Watched.of(outside);
  }

  @Test
  void thereAreMany() {
    assertThat(handed()).hasSize(96);
  }

  static void delete(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      MoreFiles.deleteRecursively(path, RecursiveDeleteOption.ALLOW_INSECURE);
    } else {
      Files.deleteIfExists(path);
    }
  }

  private void link(Path folder, String part, Way way) throws IOException {
    Path link = folder.resolve(part);
    Path target = outside.resolve(folder.getFileName()).resolve(part);
    delete(link);
    switch (way) {
      case ABSOLUTE -> Files.createSymbolicLink(link, target);
      case RELATIVE -> Files.createSymbolicLink(link, link.getParent().relativize(target));
      case BY_A_LINK_INSIDE -> {
        Path other = link.resolveSibling("other");
        Files.createSymbolicLink(other, target);
        Files.createSymbolicLink(link, other.getFileName());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("handed")
  void linksToOtherFoldersAreNotFollowed(Handed handed) throws IOException {
    link(temp.resolve(handed.name()), handed.part(), handed.way());
    for (String command : handed.commands()) {
      Outcome outcome = Cli.run(commands.named(command));
      watched.requireUntouched(handed + ", " + command);
      assertThat(outcome.exitCode()).as("%s: %s", command, outcome).isEqualTo(2);
      String said = Iterables.getLast(outcome.errLines());
      assertThat(said).as(command).startsWith("scenerank: " + temp).contains(OUT);
      assertThat(outcome.out()).as(command).isEmpty();
      assertThat(temp.resolve("out")).doesNotExist();
    }
  }

  private void begin() throws IOException {
    Files.writeString(
        run.resolve("unfinished.yaml"),
        "data: {folder: '" + data + "', sha256: {}}\nseed: 1\nthreads: 1\ndevice: cpu\n");
  }

  static List<Handed> written() {
    return WRITTEN.stream()
        .flatMap(
            part -> Stream.of(Way.values()).map(way -> new Handed("run", part, way, List.of())))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("written")
  void anUnfinishedRunIsNotWrittenThroughLinks(Handed handed) throws IOException {
    begin();
    if (handed.part().equals("unfinished.yaml")) {
      Files.copy(run.resolve(handed.part()), outside.resolve("run").resolve(handed.part()));
      watched = Watched.of(outside);
    }
    link(run, handed.part(), handed.way());
    Cli.invalid(OUT, "train", "--resume", "--out", run);
    watched.requireUntouched(handed.toString());
  }

  @Test
  void anUnfinishedRunMakesNothingBehindALinkToNothing() throws IOException {
    begin();
    Files.delete(run.resolve("history.jsonl"));
    Files.createSymbolicLink(run.resolve("history.jsonl"), outside.resolve("absent.jsonl"));
    Cli.invalid(OUT, "train", "--resume", "--out", run);
    watched.requireUntouched("a link to nothing");
  }

  @Test
  void theDataOfARunIsNotFoundBehindALink() throws IOException {
    Files.delete(run.resolve("report.json"));
    Files.createSymbolicLink(run.resolve("data"), outside.resolve("data"));
    Cli.invalid(OUT, "report", run);
    watched.requireUntouched("data");
  }

  @Test
  void linksWithinAFolderAreFine() throws IOException {
    begin();
    Files.move(run.resolve("history.jsonl"), run.resolve("steps.jsonl"));
    Files.createSymbolicLink(run.resolve("history.jsonl"), Path.of("steps.jsonl"));
    Files.move(data.resolve("test.parquet"), data.resolve("rows.parquet"));
    Files.createSymbolicLink(data.resolve("test.parquet"), data.resolve("rows.parquet"));
    Cli.good("train", "--resume", "--out", run);
    Cli.good("evaluate", run, "--data", data);
    Cli.good("report", run, "--out", temp.resolve("page.html"));
  }
}
