package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.prepare.DatasetPreparation.PrepareReport;
import io.scenerank.data.prepare.RawData.GuessedDescription;
import io.scenerank.model.Models;
import io.scenerank.testing.AwkwardNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;

/** Random tables: {@code prepare} accepts every guess, or the guess says why not. */
@Tag("slow")
class GuessPropertyTest {
  private static final PrepareOptions OPTIONS =
      new PrepareOptions(DuckDbOptions.DEFAULT, "", (step, done, total, unit) -> {});

  private static final ImmutableList<String> NAMES =
      ImmutableList.<String>builder()
          .addAll(AwkwardNames.ALL)
          .add(
              "from",
              "where",
              "no",
              "a,b",
              "time",
              "timestamp",
              "case",
              "end",
              "cast",
              "user_id",
              "item_id",
              "page",
              "is_click",
              "purchase",
              "label",
              "rating",
              "event_type",
              "hour",
              "day",
              "index",
              "Unnamed: 0",
              "all_users",
              "all_scenarios",
              "high_rating",
              "click",
              "tags",
              "price",
              "a\u0085b",
              "x\u2028y",
              "tab\there",
              "z\ufeff",
              "\ud83d\ude00",
              "__row",
              "__train",
              "file_row_number",
              "column0",
              "",
              "rating:float",
              "user_id:token",
              "é",
              "ǆ",
              "a\\b",
              "$x",
              "x;y",
              "😀 😀",
              "\u007f")
          .build();

  private static final ImmutableList<BiFunction<Integer, Random, String>> VALUES =
      ImmutableList.of(
          (i, random) -> Integer.toString(random.nextInt(2)),
          (i, random) -> Integer.toString(random.nextInt(2) + 1),
          (i, random) -> random.nextBoolean() ? "yes" : "no",
          (i, random) -> random.nextInt(3) == 0 ? "" : Integer.toString(random.nextInt(2)),
          (i, random) -> random.nextInt(3) == 0 ? "NULL" : Integer.toString(random.nextInt(2)),
          (i, random) -> random.nextInt(4) == 0 ? "nan" : Double.toString(random.nextGaussian()),
          (i, random) -> random.nextInt(9) == 0 ? "inf" : Integer.toString(random.nextInt(90)),
          (i, random) -> Integer.toString(i),
          (i, random) -> Integer.toString(random.nextInt(1000)),
          (i, random) -> Long.toString(random.nextLong()),
          (i, random) -> Double.toString(random.nextDouble() * 1e6),
          (i, random) -> i > 40 ? Integer.toString(random.nextInt(3)) : "",
          (i, random) -> "",
          (i, random) -> "same",
          (i, random) -> "text " + random.nextInt(1000),
          (i, random) -> "a|b|c".substring(0, 1 + 2 * random.nextInt(3)) + "|" + random.nextInt(5),
          (i, random) -> i > 40 ? "|" : "",
          (i, random) -> Long.toString(1569888117L + i * 31L + random.nextInt(30)),
          (i, random) -> random.nextInt(5) == 0 ? "-" : Long.toString(1569888117L + i),
          (i, random) -> "2022-05-%02d 10:%02d:00".formatted(1 + i % 28, random.nextInt(60)),
          (i, random) -> "%02d:%02d".formatted(i % 24, random.nextInt(60)),
          (i, random) -> List.of("pv", "buy", "cart").get(random.nextInt(3)),
          (i, random) ->
              List.of("'", "\"", "\\", "北", "😀", "#", ": ", "\u0085").get(random.nextInt(8)),
          (i, random) -> Integer.toString(1 + random.nextInt(5)));

  /** A column of a CSV. */
  record Column(String name, int values) {
    List<String> cells(int rows, Random random) {
      return IntStream.range(0, rows)
          .mapToObj(i -> VALUES.get(values).apply(i, random))
          .map(GuessPropertyTest::quoted)
          .collect(Collectors.toList());
    }
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\"", "\"\"") + "\"";
  }

  @Provide
  Arbitrary<List<Column>> columns() {
    Arbitrary<String> letters =
        Arbitraries.strings()
            .ofMinLength(1)
            .ofMaxLength(6)
            .filter(
                t ->
                    t.chars()
                        .noneMatch(
                            c ->
                                c == '\n'
                                    || c == '\r'
                                    || c == 0
                                    || Character.isSurrogate((char) c)));
    Arbitrary<String> name =
        Arbitraries.frequencyOf(Tuple.of(8, Arbitraries.of(NAMES)), Tuple.of(1, letters));
    return Combinators.combine(name, Arbitraries.integers().between(0, VALUES.size() - 1))
        .as(Column::new)
        .list()
        .ofMinSize(2)
        .ofMaxSize(7)
        .uniqueElements(column -> column.name().strip().toLowerCase(Locale.ROOT));
  }

  @Property(tries = 60)
  void whatAGuessWritesPrepareTakes(@ForAll("columns") List<Column> columns, @ForAll Random random)
      throws Exception {
    Path folder = Files.createTempDirectory("guess");
    try {
      check(write(folder, columns, 2 + random.nextInt(60), random), folder.resolve("data"));
    } finally {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static Path write(Path folder, List<Column> columns, int rows, Random random)
      throws IOException {
    StringBuilder csv = new StringBuilder();
    csv.append(columns.stream().map(c -> quoted(c.name())).collect(Collectors.joining(",")));
    List<List<String>> cells = columns.stream().map(c -> c.cells(rows, random)).toList();
    for (int i = 0; i < rows; i++) {
      int row = i;
      csv.append('\n').append(cells.stream().map(c -> c.get(row)).collect(Collectors.joining(",")));
    }
    return Files.writeString(folder.resolve("raw.csv"), csv.append('\n'));
  }

  private static void check(Path raw, Path out) throws IOException {
    SourceFiles files = SourceFiles.find(raw.toString(), Path.of(""));
    GuessedDescription guess;
    try {
      guess = new Guess(OPTIONS, Models.standard().groups()).of(files, CsvDescription.DEFAULT);
    } catch (InvalidInputException e) {
      assertThat(e.getMessage()).as("says what it did not understand").startsWith(raw.toString());
      return;
    }
    guess.problem().ifPresent(text -> assertThat(text).isNotBlank());
    if (guess.problem().isEmpty()) {
      Description description = Description.parse(guess.yaml(), "the guess");
      PrepareReport report =
          new Preparation(OPTIONS, Models.standard().groups(), Path.of(""))
              .write(description, guess.yaml(), files, out, false);
      assertThat(report.trainRows()).isPositive();
    }
  }
}
