package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run folder, or a data set, one of whose files is of another one: each says something else. */
@Tag("slow")
class MixedFoldersTest {
  @TempDir private static Path shared;
  @TempDir private Path temp;
  private static TwoDays days;
  private static Path own;
  private static Path other;
  private static Path run;
  private static Path otherRun;

  @BeforeAll
  static void trainOnBothDays() throws Exception {
    days = TwoDays.withoutExpressions(shared);
    own = days.prepare(1);
    // Other edges of bins, and other items.
    Files.writeString(days.config(), Files.readString(days.config()).replace("bins: 4", "bins: 5"));
    other = days.prepare(2);
    run = days.train(own, "run");
    otherRun = days.train(other, "other");
  }

  /** A copy of a folder with one file of another folder. */
  private Path mixed(Path folder, String file, Path from) throws IOException {
    Path copy = temp.resolve("mixed");
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path source : files.toList()) {
        Path target = copy.resolve(folder.relativize(source).toString());
        Files.copy(source, target);
      }
    }
    Files.copy(from.resolve(file), copy.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    return copy;
  }

  @ParameterizedTest
  @ValueSource(strings = {"vocab/item.parquet", "encoding.json"})
  void aRunWithAFileOfAnotherEncodesNothing(String file) throws Exception {
    Path mixed = mixed(run, file, otherRun);
    Path out = temp.resolve("out");
    for (Object[] command :
        List.of(
            new Object[] {"predict", mixed, "--input", days.raw(1), "--output", out + ".csv"},
            new Object[] {"evaluate", mixed, "--input", days.raw(1)},
            new Object[] {"prepare", days.raw(1), "--encoding", mixed, "--out", out},
            new Object[] {"export", mixed, "--format", "saved_model", "--out", out, "--raw"})) {
      Cli.invalid(
          mixed.resolve("schema.json")
              + ": encoded otherwise than encoding.json and the vocabularies next to it say: ",
          command);
    }
    assertThat(temp).isDirectoryNotContaining("glob:**/out*");
  }

  @ParameterizedTest
  @ValueSource(strings = {"test.parquet", "train.parquet"})
  void aDataSetWithRowsOfAnotherIsRefused(String file) throws Exception {
    Path mixed = mixed(own, file, other);
    Path out = temp.resolve("out");
    for (Object[] command :
        List.of(
            new Object[] {"evaluate", run, "--data", mixed},
            new Object[] {"report", run, "--data", mixed, "--out", out},
            new Object[] {"train", "--from", run, "--data", mixed, "--out", out},
            new Object[] {"train", "--model", "mmoe", "--data", mixed, "--out", out},
            new Object[] {"compare", "mmoe", "--data", mixed, "--out", out})) {
      Outcome outcome = Cli.run(command);
      assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
      assertThat(outcome.err())
          .contains(
              mixed.resolve(file)
                  + ": encoded otherwise than schema.json next to it says: table 'item', column"
                  + " 'price'; one of these files belongs to another data set");
    }
  }

  @Test
  void theWayInWhichNumbersAreWrittenIsPartOfTheEncoding() throws Exception {
    Files.writeString(
        temp.resolve("log.csv"),
        "user,page,price,clicked\n"
            + Stream.iterate(0, i -> i + 1)
                .limit(40)
                .map(
                    i -> String.format("u%s,home,\"%s,%s\",%s\n", i % 4, 1 + i % 9, 100 + i, i % 2))
                .reduce("", String::concat));
    for (String format : List.of("grouped", "decimal_comma")) {
      Files.writeString(
          temp.resolve(format + ".yaml"),
          "labels: {click: clicked}\nscenario: page\nuser: user\nformats: {price: "
              + format
              + "}\ncolumns: [{name: user}, {name: page}, {name: price, type: dense}]\n");
      Cli.good(
          "prepare",
          temp.resolve("log.csv"),
          "--config",
          temp.resolve(format + ".yaml"),
          "--out",
          temp.resolve(format));
    }
    Path trained = days.train(temp.resolve("grouped"), "grouped");
    Cli.invalid("column 'price'", "evaluate", trained, "--data", temp.resolve("decimal_comma"));
  }
}
