package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shapes of CSV files: each gives the rows of the plain file, in {@code prepare} and encoding. */
@Tag("slow")
class PrepareShapesTest {
  private static final String HEADER = "user_id,item_id,page,click";
  private static final String CONFIG =
      """
      labels: {click: click}
      scenario: page
      user: user_id
      split: {by: random, test_share: 0.3}
      columns: [{name: item_id}]
      """;

  private static final String[] FEATURES = {"user_id", "item_id", "page"};

  @TempDir private static Path shared;
  private static Path config;
  private static Path plain;
  private static List<String> encoded;

  @TempDir private Path temp;

  /** 60 rows, without a line end behind the last. */
  private static String text() {
    StringBuilder text = new StringBuilder(HEADER);
    for (int i = 0; i < 60; i++) {
      text.append(
          String.format("\n%d,%d,p%d,%d", i * 7 % 11, i * 5 % 13, i % 3, i * i % 7 < 3 ? 1 : 0));
    }
    return text.toString();
  }

  @BeforeAll
  static void preparePlain() throws Exception {
    config = Files.writeString(shared.resolve("c.yaml"), CONFIG);
    plain = shared.resolve("plain");
    Path raw = Files.writeString(shared.resolve("plain.csv"), text());
    Cli.good("prepare", raw, "--config", config, "--out", plain);
    encoded = new RawEncoding(shared).rows(plain, raw, FEATURES);
  }

  static Stream<Arguments> shapes() {
    return Stream.of(
        shape("blank first line", text -> "\n" + text),
        shape("several blank lines, with blanks", text -> "\r\n  \r\n\n" + text + "\n\n"),
        shape("mark of the byte order, then a blank line", text -> "\ufeff\n" + text),
        shape("carriage returns", text -> text.replace("\n", "\r\n")),
        shape("carriage returns alone", text -> text.replace("\n", "\r")),
        shape("first half with carriage returns", text -> mixed(text, 30, "\r\n", "\n")),
        shape("second half with carriage returns", text -> mixed(text, 30, "\n", "\r\n")),
        shape("blank lines that end otherwise", text -> "\r\n\r\n" + text),
        shape("the same the other way", text -> "\n\n" + text.replace("\n", "\r\n")),
        shape("an empty field at the end of rows", text -> extra(text, ",\n")),
        shape("an empty field at the end of some rows", text -> text.replace("1\n", "1,\n")),
        shape("the same with carriage returns", text -> extra(text, ",\r\n")),
        shape("the same with mixed line ends", text -> mixed(extra(text, ",\n"), 30, "\r\n", "\n")),
        shape("an empty field of the header too", text -> text.replace("\n", ",\n") + ","),
        shape("quotes around all", text -> text.replaceAll("[^,\n]+", "\"$0\"")),
        shape("two colons", text -> text.replace(",", "::")),
        shape("control A", text -> text.replace(",", "\u0001")),
        shape("tabs", text -> text.replace(",", "\t")),
        shape("bars", text -> text.replace(",", "|")),
        shape("carets", text -> text.replace(",", "^")));
  }

  private static Arguments shape(String name, UnaryOperator<String> change) {
    return Arguments.of(name, change);
  }

  private static String extra(String text, String end) {
    return text.replace("\n", end).replaceFirst("click,", "click") + ",";
  }

  /** The first lines end in one way, the others in another. */
  private static String mixed(String text, int lines, String first, String then) {
    StringBuilder mixed = new StringBuilder();
    String[] all = text.split("\n");
    for (int i = 0; i < all.length; i++) {
      mixed.append(all[i]).append(i < lines ? first : then);
    }
    return mixed.toString();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void aShapeGivesTheRowsOfThePlainFile(String name, UnaryOperator<String> change)
      throws Exception {
    Path raw = Files.writeString(temp.resolve("raw.csv"), change.apply(text()));
    Path out = temp.resolve("out");
    Outcome outcome = Cli.good("prepare", raw, "--config", config, "--out", out);
    assertThat(outcome.err()).isEmpty();
    requirePlain(out);
    assertThat(new RawEncoding(temp).rows(plain, raw, FEATURES)).isEqualTo(encoded);
  }

  private void requirePlain(Path data) throws IOException {
    for (String file : List.of("train.parquet", "test.parquet", "vocab/item_id.parquet")) {
      assertThat(data.resolve(file)).hasBinaryContent(Files.readAllBytes(plain.resolve(file)));
    }
  }

  @Test
  void filesOfDifferentShapesAreOneTable() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("folder"));
    String[] rows = text().split("\n", 31);
    String first = text().substring(0, text().length() - rows[30].length() - 1);
    Files.writeString(folder.resolve("a.csv"), "\n\n" + first.replace("\n", "\r\n"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(("\ufeff" + HEADER + "\n" + rows[30]).getBytes(StandardCharsets.UTF_8));
    }
    Files.write(folder.resolve("b.csv.gz"), bytes.toByteArray());
    Path out = temp.resolve("out");
    Cli.good("prepare", folder, "--config", config, "--out", out);
    requirePlain(out);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void whatIsNoTableIsOneLine(int mixed) throws IOException {
    UnaryOperator<String> ends = mixed == 1 ? t -> mixed(t, 30, "\r\n", "\n") : t -> t;
    String text = text();
    refused("raw.csv: is empty, expected a header", "");
    refused("raw.csv: is empty, expected a header", "\n\n");
    refused("raw.csv: no rows, expected at least two", HEADER);
    refused("raw.csv: line 9 ", ends.apply(text.replaceFirst("(?s)((?:[^\n]*\n){8})", "$1x,")));
    refused("raw.csv: line 9 ", ends.apply(text.replaceFirst("(?s)((?:[^\n]*\n){8}).*?,", "$1")));
    refused("is UTF-16, expected UTF-8", "\ufeffa,b\n1,2\n".getBytes(StandardCharsets.UTF_16LE));
    refused(
        "raw.csv: line 9 is not UTF-8",
        ends.apply(text.replaceFirst("(?s)((?:[^\n]*\n){8})", "$1\u00e9"))
            .getBytes(StandardCharsets.ISO_8859_1));
    refused("its lines end in different ways", mixed(text, 30, "\n", "\r"));
    refused("its lines end in different ways", mixed(text, 30, "\r\n", "\r"));
    refused("is longer than 2 MB", text + "\n1,2," + "x".repeat(3_000_000) + ",1\n");
  }

  private void refused(String message, String text) throws IOException {
    refused(message, text.getBytes(StandardCharsets.UTF_8));
  }

  private void refused(String message, byte[] text) throws IOException {
    Path raw = Files.write(temp.resolve("raw.csv"), text);
    Cli.invalid(message, "prepare", raw, "--config", config, "--out", temp.resolve("none"));
    if (!message.contains("no rows")) {
      Cli.invalid(message, "prepare", raw, "--guess");
    }
    assertThatThrownBy(() -> new RawEncoding(temp).rows(plain, raw, "item_id"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message.replace(", expected at least two", ""));
    assertThat(temp.resolve("none")).doesNotExist();
  }
}
