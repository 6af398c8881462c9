package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.data.prepare.KuaiRandFolder;
import io.scenerank.testing.Page;
import io.scenerank.testing.ParquetTable;
import io.scenerank.testing.RunsCommandsOf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands and the description of docs/data.md, on few rows. */
@Tag("slow")
class DataPageTest {
  private static final String OWN_DATA = "docs/data.md#Use your own data";
  private static final int RATINGS = 300;

  @TempDir private Path temp;
  private PageCommands run;

  @BeforeEach
  void useTheFolder() {
    run = new PageCommands(temp);
  }

  @Test
  @RunsCommandsOf({OWN_DATA, "docs/serving.md#The raw signature"})
  void ownFiles(List<String> commands) throws Exception {
    String rows =
        "SELECT i % 31 AS user_id, i * 7 % 23 AS item_id, i % 5 + 1 AS rating, i % 2 AS tab, i AS"
            + " ts FROM range(300) t(i)";
    ParquetTable.write(temp.resolve("ratings.csv"), rows, "FORMAT csv, HEADER");
    ParquetTable.write(temp.resolve("new.csv"), rows, "FORMAT csv, HEADER");
    assertThat(commands).hasSize(5);
    run.runAll(commands);
    assertThat(temp.resolve("scores.parquet")).isNotEmptyFile();
    assertThat(temp.resolve("data2/schema.json"))
        .hasSameTextualContentAs(temp.resolve("data/schema.json"));
    assertThat(temp.resolve("models/own/1/assets")).as("of --raw").isNotEmptyDirectory();
  }

  @Test
  void theDescriptionOfOwnFiles() throws Exception {
    Path yaml =
        Files.writeString(temp.resolve("films.yaml"), Page.section(OWN_DATA).code("yaml").get(0));
    ParquetTable.write(
        temp.resolve("films.csv"),
        "SELECT i AS id, 'g' || i % 4 || '|g' || i % 3 AS genres FROM range(20) t(i)",
        "FORMAT csv, HEADER");
    Path raw =
        ParquetTable.write(
            temp.resolve("raw.csv"),
            "SELECT i % 31 AS user_id, i * 7 % 23 AS film_id, i % 6 AS rating, i % 2 + 1 AS page, i"
                + " AS ts, i % 19 || ' ' || i % 23 AS history, i % 50 / 4.0 AS price, 'phone ' || i"
                + " % 9 AS device, CASE i % 8 WHEN 0 THEN 'NA' ELSE (i % 60)::TEXT END AS age,"
                + " 'title ' || i AS title FROM range(400) t(i)",
            "FORMAT csv, HEADER");
    Cli.good("prepare", raw, "--config", yaml, "--out", temp.resolve("data"));
    assertThat(ParquetTable.rows(temp.resolve("data/test.parquet"), "SELECT count(*) FROM %s"))
        .containsExactly("80");
    assertThat(temp.resolve("data/schema.json"))
        .content()
        .contains("\"unseen\", \"home\", \"search\"");
  }

  @Test
  @RunsCommandsOf("docs/data.md#Files without a header, and other delimiters")
  void filesWithoutAHeader(List<String> commands) throws IOException {
    write(
        "UserBehavior.csv",
        i -> i % 9 + "," + i % 31 + "," + i % 5 + "," + action(i) + "," + second(i));
    write("ratings.dat", i -> i % 9 + "::" + i % 31 + "::" + (i % 5 + 1) + "::" + second(i));
    assertThat(commands).hasSize(2);
    run.run(commands.get(0));
    assertThat(temp.resolve("data/schema.json")).isNotEmptyFile();
    assertThat(run.run(commands.get(1)).out()).contains("delimiter: \"::\"", "header: false");
  }

  @Test
  @RunsCommandsOf("docs/data.md#Public data sets")
  void publicDataSets(List<String> commands) throws IOException {
    writeMovieLens(Files.createDirectory(temp.resolve("ml-100k")));
    KuaiRandFolder.write(temp.resolve("KuaiRand-1K/data"), 400, 1);
    assertThat(commands).hasSize(3);
    run.runAll(commands.subList(0, 2));
    run.run(commands.get(2) + " --set epochs=1");
    assertThat(temp.resolve("runs/movielens/compare.json")).isNotEmptyFile();
  }

  private void writeMovieLens(Path folder) throws IOException {
    write(
        "ml-100k/u.data",
        i -> i % 29 + "\t" + (i * 7 % 40 + 1) + "\t" + (i % 5 + 1) + "\t" + second(i));
    Files.write(
        folder.resolve("u.item"),
        lines(40, i -> (i + 1) + "|Film (1995)|01-Jan-1995||http://x|0|1|0" + "|0".repeat(16))
            .getBytes(StandardCharsets.ISO_8859_1));
    Files.writeString(
        folder.resolve("u.user"), lines(29, i -> i + "|" + (15 + i) + "|F|artist|00000"));
  }

  private void write(String file, java.util.function.IntFunction<String> row) throws IOException {
    Files.writeString(temp.resolve(file), lines(RATINGS, row));
  }

  private static String lines(int rows, java.util.function.IntFunction<String> row) {
    return IntStream.range(0, rows).mapToObj(row).collect(Collectors.joining("\n", "", "\n"));
  }

  private static String action(int row) {
    return List.of("pv", "pv", "cart", "fav", "buy").get(row % 5);
  }

  private static int second(int row) {
    return 1_511_600_000 + row * 977;
  }
}
