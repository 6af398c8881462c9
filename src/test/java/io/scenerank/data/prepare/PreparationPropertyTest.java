package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.model.Models;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/** Random raw rows: encoding can be undone, and threads make no difference. */
@Tag("slow")
class PreparationPropertyTest {
  private static final Description DESCRIPTION =
      Description.parse(
          """
          labels: {long: size >= 10}
          scenario: place
          user: user
          split: {by: random, test_share: 0.3, seed: 5}
          columns:
            - {name: tags, type: sequence, delimiter: "|", max_len: 4}
            - {name: number, source: size, bins: 4}
          """,
          "description");

  private static final int LENGTH = 4;

  /** A row of a CSV. */
  record Raw(String user, String place, String tags, int size) {
    String toCsv() {
      return Stream.of(user, place, tags, Integer.toString(size))
              .map(text -> "\"" + text.replace("\"", "\"\"") + "\"")
              .reduce((a, b) -> a + "," + b)
              .orElseThrow()
          + "\n";
    }
  }

  @Provide
  Arbitrary<List<Raw>> rows() {
    Arbitrary<String> text =
        Arbitraries.of(
                "a", "b", "'", "\"", "\\", " ", ",", ";", "\n", "\t", "\r", "0", ".", "é", "北",
                "😀")
            .list()
            .ofMaxSize(3)
            .map(parts -> String.join("", parts));
    Arbitrary<String> user =
        Arbitraries.oneOf(
            Arbitraries.integers().between(-3, 3).map(i -> i + ".0"),
            Arbitraries.integers().between(-3, 3).map(String::valueOf),
            Arbitraries.of(""));
    // A letter in front, so that no column happens to hold only numbers.
    Arbitrary<String> place = text.map(t -> "p" + t);
    Arbitrary<String> tags =
        text.map(t -> "t" + t).list().ofMaxSize(6).map(parts -> String.join("|", parts));
    return Combinators.combine(user, place, tags, Arbitraries.integers().between(0, 20))
        .as(Raw::new)
        .list()
        .ofMinSize(30)
        .ofMaxSize(120);
  }

  @Property(tries = 12)
  void idsLeadBackToTheValuesWhateverTheThreads(@ForAll("rows") List<Raw> rows) throws Exception {
    Path folder = Files.createTempDirectory("prepare");
    try {
      StringBuilder csv = new StringBuilder("user,place,tags,size\n");
      rows.forEach(row -> csv.append(row.toCsv()));
      Path file = Files.writeString(folder.resolve("raw.csv"), csv);
      Path first = prepare(file, folder.resolve("1"), 1);
      for (int threads : new int[] {2, 4}) {
        requireSame(first, prepare(file, folder.resolve(Integer.toString(threads)), threads));
      }
      requireDecodes(first, rows);
    } finally {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static Path prepare(Path file, Path out, int threads) throws IOException {
    PrepareOptions options =
        new PrepareOptions(new DuckDbOptions(threads), "", (step, done, total, unit) -> {});
    new Preparation(options, Models.standard().groups(), Path.of(""))
        .write(DESCRIPTION, "", SourceFiles.find(file.toString(), Path.of("")), out, false);
    return out;
  }

  private static void requireSame(Path expected, Path found) throws IOException {
    try (Stream<Path> files = Files.walk(expected)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(found.resolve(expected.relativize(file).toString()))
            .hasBinaryContent(Files.readAllBytes(file));
      }
    }
  }

  private static void requireDecodes(Path data, List<Raw> rows) throws Exception {
    ImmutableMap<String, String> users = values(data, "user");
    ImmutableMap<String, String> places = values(data, "place");
    ImmutableMap<String, String> tags = values(data, "tags");
    List<String> decoded =
        ParquetTable.rows(
                data.resolve("train.parquet"),
                "SELECT user, place, array_to_string(tags, ' '), long FROM %s")
            .stream()
            .map(row -> Splitter.on('|').splitToList(row))
            .map(
                row ->
                    List.of(
                            users.get(row.get(0)),
                            places.get(row.get(1)),
                            Splitter.on(' ').splitToStream(row.get(2)).map(tags::get).toList(),
                            row.get(3))
                        .toString())
            .toList();
    assertThat(decoded).hasSizeLessThan(rows.size());
    assertThat(rows.stream().map(PreparationPropertyTest::expected).toList())
        .containsSubsequence(decoded);
  }

  /** Values by id; 0 is nothing. */
  private static ImmutableMap<String, String> values(Path data, String table) throws Exception {
    Path file = data.resolve("vocab/" + table + ".parquet");
    List<String> ids = ParquetTable.rows(file, "SELECT id FROM %s");
    List<String> values = ParquetTable.rows(file, "SELECT value FROM %s");
    ImmutableMap.Builder<String, String> byId = ImmutableMap.<String, String>builder();
    byId.put("0", "");
    for (int i = 0; i < ids.size(); i++) {
      byId.put(ids.get(i), values.get(i));
    }
    return byId.buildOrThrow();
  }

  private static String expected(Raw row) {
    List<String> tags =
        Splitter.on('|')
            .splitToStream(clean(row.tags))
            .map(PreparationPropertyTest::clean)
            .filter(tag -> !tag.isEmpty())
            .toList();
    List<String> last = new ArrayList<>(Collections.nCopies(LENGTH, ""));
    last.addAll(tags);
    return List.of(
            row.user.replaceAll("\\.0$", ""),
            clean(row.place),
            last.subList(last.size() - LENGTH, last.size()),
            row.size >= 10 ? "1" : "0")
        .toString();
  }

  private static String clean(String text) {
    return text.replaceAll("[\t\r\n]", " ").replaceAll("^ +| +$", "");
  }
}
