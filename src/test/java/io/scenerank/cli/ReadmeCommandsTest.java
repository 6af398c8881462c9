package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's commands about runs, in its order, on a small data set. */
class ReadmeCommandsTest {
  static final Path README = Path.of("README.md");
  private static final String COMMAND = "bin/scenerank ";
  private static final Pattern SHELL = Pattern.compile("```sh\\R(.*?)```", Pattern.DOTALL);

  @TempDir private Path temp;

  @Test
  void goingOnEvaluationAndExportOfARun() throws IOException {
    SmallDataset.write(temp.resolve("data"));
    List<String> commands =
        commands("Train on from a run", "Evaluate a run", "Look at a training", "Export again");
    assertThat(commands).hasSize(8);
    for (String command : commands) {
      Cli.good(Splitter.on(' ').splitToStream(command).map(this::inTemp).toArray());
    }
    assertThat(temp.resolve("models/pepnet/1/saved_model.pb")).isNotEmptyFile();
  }

  @Test
  void aRunThatIsGoneOnWith() throws IOException {
    SmallDataset.write(temp.resolve("data"));
    List<String> commands = commands("Interrupt a run and go on");
    assertThat(commands).hasSize(2);
    for (String command : commands) {
      Cli.good(Splitter.on(' ').splitToStream(command).map(this::inTemp).toArray());
    }
  }

  @Test
  void dataThatDoesNotFitInMemory() throws IOException {
    List<String> commands = commands("Train on data that does not fit in memory");
    assertThat(commands).hasSize(2);
    for (String command : commands) {
      String small = command.replace("--rows 5000000", "--rows 500");
      Cli.good(Splitter.on(' ').splitToStream(small).map(this::inTemp).toArray());
    }
    assertThat(temp.resolve("runs/large/config.yaml")).content().contains("shuffle_buffer: 163840");
  }

  @Test
  void ownFiles() throws Exception {
    String rows =
        "SELECT i % 31 AS user_id, i * 7 % 23 AS item_id, i % 5 + 1 AS rating, i % 2 AS tab, i AS ts"
            + " FROM range(300) t(i)";
    ParquetTable.write(temp.resolve("ratings.csv"), rows, "FORMAT csv, HEADER");
    ParquetTable.write(temp.resolve("new.csv"), rows, "FORMAT csv, HEADER");
    List<String> commands = commands("Use your own data", "Serve raw values");
    assertThat(commands).hasSize(5);
    for (String command : commands) {
      Cli.good(Splitter.on(' ').splitToStream(command).map(this::inTemp).toArray());
    }
    assertThat(temp.resolve("scores.parquet")).isNotEmptyFile();
    assertThat(temp.resolve("data2/schema.json"))
        .hasSameTextualContentAs(temp.resolve("data/schema.json"));
    assertThat(temp.resolve("models/own/1/assets")).as("of --raw").isNotEmptyDirectory();
  }

  @Test
  void theDescriptionOfOwnFiles() throws Exception {
    String readme = Files.readString(README);
    int from = readme.indexOf("```yaml\n", readme.indexOf("\n### Use your own data\n")) + 8;
    Path yaml =
        Files.writeString(
            temp.resolve("films.yaml"), readme.substring(from, readme.indexOf("```", from)));
    ParquetTable.write(
        temp.resolve("films.csv"),
        "SELECT i AS id, 'g' || i % 4 || '|g' || i % 3 AS genres FROM range(20) t(i)",
        "FORMAT csv, HEADER");
    Path raw =
        ParquetTable.write(
            temp.resolve("raw.csv"),
            "SELECT i % 31 AS user_id, i * 7 % 23 AS film_id, i % 6 AS rating, i % 2 + 1 AS page,"
                + " i AS ts, i % 19 || ' ' || i % 23 AS history, i % 50 / 4.0 AS price,"
                + " 'phone ' || i % 9 AS device, CASE i % 8 WHEN 0 THEN 'NA' ELSE (i % 60)::TEXT END"
                + " AS age FROM range(400) t(i)",
            "FORMAT csv, HEADER");
    Cli.good("prepare", raw, "--config", yaml, "--out", temp.resolve("data"));
    assertThat(ParquetTable.rows(temp.resolve("data/test.parquet"), "SELECT count(*) FROM %s"))
        .containsExactly("80");
    assertThat(temp.resolve("data/schema.json"))
        .content()
        .contains("\"unseen\", \"home\", \"search\"");
  }

  @Test
  void kerasModelsIntoJavaAndBack() throws IOException {
    Path keras = Files.createDirectory(temp.resolve("keras"));
    Path resources = Path.of("src/test/resources/keras");
    Files.copy(resources.resolve("mmoe.keras"), keras.resolve("ranker.keras"));
    Files.copy(resources.resolve("mmoe.weights.h5"), keras.resolve("ranker.weights.h5"));
    Files.copy(resources.resolve("mmoe.yaml"), keras.resolve("ranker.yaml"));
    Files.copy(resources.resolve("mmoe-keras2.h5"), keras.resolve("ranker.h5"));
    Files.copy(resources.resolve("mmoe-keras2.yaml"), keras.resolve("keras2.yaml"));
    Files.createSymbolicLink(
        keras.resolve("saved2"), Path.of("savedmodels/mmoe-keras2").toAbsolutePath());
    Files.createSymbolicLink(
        keras.resolve("saved3"), Path.of("savedmodels/mmoe-keras3").toAbsolutePath());
    List<String> commands = commands("Bring a Keras model into Java", "Hand a model back to Keras");
    assertThat(commands).hasSize(10);
    for (String command : commands) {
      Cli.good(Splitter.on(' ').splitToStream(command).map(this::inTemp).toArray());
    }
    assertThat(temp.resolve("back/ranker.keras")).isNotEmptyFile();
    assertThat(temp.resolve("back/ranker.weights.h5")).isNotEmptyFile();
    assertThat(temp.resolve("back/ranker/1/saved_model.pb")).isNotEmptyFile();
  }

  /** A word of a command; a path of it lies in the test's folder. */
  private String inTemp(String word) {
    return word.matches("(data2?|large|runs|models|back)(/.*)?|keras/.*|\\w+\\.(csv|parquet)")
        ? temp.resolve(word).toString()
        : word;
  }

  /** The commands below these headings, without their comments. */
  static List<String> commands(String... headings) throws IOException {
    String readme = Files.readString(README);
    List<String> commands = new ArrayList<>();
    for (String heading : headings) {
      String title = "\n### " + heading + "\n";
      assertThat(readme).contains(title);
      int from = readme.indexOf(title) + title.length();
      Matcher shell = SHELL.matcher(readme.substring(from, readme.indexOf("\n### ", from)));
      while (shell.find()) {
        shell
            .group(1)
            .lines()
            .forEach(
                line -> {
                  assertThat(line).startsWith(COMMAND);
                  commands.add(line.substring(COMMAND.length()).replaceAll("\\s+# .*", ""));
                });
      }
    }
    return commands;
  }
}
