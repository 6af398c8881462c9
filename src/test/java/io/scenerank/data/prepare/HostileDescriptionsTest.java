package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.model.Models;
import io.scenerank.testing.Canary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Descriptions and encodings of somebody who would like to read or write files of others, or to run
 * other SQL. Everything in them is harmless.
 */
@Tag("slow")
class HostileDescriptionsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ROWS =
      "user,item,rating,tags,page,ts\n"
          + "1,a,5,x;y,home,1\n"
          + "2,b,1,y,home,2\n"
          + "3,a,4,x,search,3\n"
          + "4,c,2,z;x,search,4\n"
          + "1,b,3,x,home,5\n";

  @TempDir private Path temp;
  private Canary canary;
  private Path given;
  private Path raw;

  @BeforeEach
  void write() throws Exception {
    canary = Canary.in(temp.resolve("canary"));
    given = Files.createDirectory(temp.resolve("given"));
    raw = Files.writeString(given.resolve("raw.csv"), ROWS);
  }

  private static ObjectNode description() {
    try {
      return (ObjectNode)
          JSON.readTree(
              """
              {"labels": {"liked": "rating >= 4"}, "scenario": "page", "user": "user",
               "split": {"by": "time", "column": "ts", "test_share": 0.3},
               "columns": [{"name": "item"}]}
              """);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static PrepareOptions options() {
    return new PrepareOptions(new DuckDbOptions(2), "", (step, done, total, unit) -> {});
  }

  /** Prepares, and removes the result. Empty if that went well, else what was said. */
  private Optional<String> prepare(JsonNode description) throws IOException {
    Path out = temp.resolve("out");
    try {
      Description read = Description.parse(JSON.writeValueAsString(description), "given.yaml");
      new Preparation(options(), Models.standard().groups(), given)
          .write(read, "", SourceFiles.find(raw.toString(), Path.of("")), out, false);
      requireNoWord(out);
      MoreFiles.deleteRecursively(out, RecursiveDeleteOption.ALLOW_INSECURE);
      return Optional.empty();
    } catch (InvalidInputException e) {
      assertThat(out).doesNotExist();
      return Optional.of(e.getMessage());
    }
  }

  private static void requireNoWord(Path out) throws IOException {
    try (Stream<Path> files = Files.walk(out)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain(Canary.WORD);
      }
    }
  }

  private void requireOneLine(String message) throws IOException {
    assertThat(message.lines()).as(message).hasSize(1);
    assertThat(message).doesNotContain("Exception").doesNotContain(Canary.WORD);
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).as(message).hasSize(2);
    }
    try (Stream<Path> left = Files.list(given)) {
      assertThat(left).as(message).containsExactly(raw);
    }
  }

  /** A key of a description, with an expression in its place. */
  private static JsonNode with(String key, String sql) {
    ObjectNode description = description();
    ObjectNode column = description.withArray("columns").addObject().put("name", "more");
    column.put("source", sql);
    switch (key) {
      case "sparse" -> {}
      case "dense" -> column.put("type", "dense").put("missing", 0);
      case "bins" -> column.put("bins", 3);
      case "hash" -> column.put("hash", 3);
      case "list" -> column.put("type", "sequence");
      case "sequence" -> column.put("type", "sequence").put("delimiter", ";");
      case "weights" ->
          column
              .put("type", "sequence")
              .put("delimiter", ";")
              .put("source", "tags")
              .put("weights", sql);
      default -> {
        description.withArray("columns").remove(1);
        switch (key) {
          case "label" -> description.withObject("labels").put("liked", sql);
          case "where" -> description.put("where", sql);
          default -> description.withObject("split").put("column", sql);
        }
      }
    }
    return description;
  }

  @Test
  void thereAreMany() {
    assertThat(ForbiddenSql.expressions(canary)).hasSize(121);
    assertThat(texts()).hasSize(11);
  }

  @Test
  void expressionsInEveryKey() throws IOException {
    List<String> keys =
        List.of(
            "label",
            "where",
            "split",
            "sparse",
            "dense",
            "bins",
            "hash",
            "list",
            "sequence",
            "weights");
    List<String> expressions = ForbiddenSql.expressions(canary);
    for (int i = 0; i < expressions.size(); i++) {
      String sql = expressions.get(i);
      String key = keys.get(i % keys.size());
      Optional<String> said = prepare(with(key, sql));
      assertThat(said).as("%s: %s", key, sql).isPresent();
      assertThat(said.get()).as("%s: %s", key, sql).startsWith(raw.toString());
      requireOneLine(said.get());
      canary.requireUntouched(key + ": " + sql);
    }
  }

  /** What gets into SQL as a name or as a text, and would like to be more. */
  private ImmutableList<String> texts() {
    String csv = canary.csv().toString();
    String made = canary.absent().toString();
    return ImmutableList.of(
        "\"), (SELECT city FROM read_csv('" + csv + "')) AS \"x",
        "x\" FROM read_csv('" + csv + "') --",
        "x\"; COPY (SELECT 1) TO '" + made + "'; --",
        "') UNION ALL (FROM read_csv('" + csv + "')) --",
        "'; COPY (SELECT 1) TO '" + made + "'; --",
        "' || (SELECT content FROM read_text('" + csv + "')) || '",
        "\\'; COPY (SELECT 1) TO '" + made + "'; --",
        "$$ || (FROM '" + csv + "') || $$",
        "%1$s%s%n%d{0}",
        csv,
        "x\u0000'; COPY (SELECT 1) TO '" + made + "'; --");
  }

  @Test
  void namesAndTextsInEveryKey() throws IOException {
    for (String text : texts()) {
      List<ObjectNode> descriptions = new ArrayList<>();
      for (String key :
          List.of(
              "name",
              "emb_name",
              "source",
              "delimiter",
              "combiner",
              "missing",
              "weights",
              "weight_delimiter")) {
        ObjectNode description = description();
        ObjectNode column = description.withArray("columns").addObject();
        column.put("name", "more").put("source", "tags").put(key, text);
        if (key.contains("delimiter") || key.equals("weights")) {
          column.put("type", "sequence");
        }
        if (key.startsWith("weight")) {
          column.put("delimiter", ";");
        }
        descriptions.add(description);
      }
      for (String key :
          List.of("name", "user", "scenario", "where", "delimiter", "quote", "escape")) {
        descriptions.add(description().put(key, text));
      }
      ObjectNode columns = description();
      columns
          .putArray("names")
          .add("user")
          .add(text)
          .add("rating")
          .add("tags")
          .add("page")
          .add("ts");
      descriptions.add(columns);
      ObjectNode label = description();
      label.withObject("labels").put(text, "rating >= 4");
      ObjectNode names = description();
      names.putObject("scenario").put("column", "page").putObject("names").put("home", text);
      ObjectNode from = description();
      from.withObject("split").put("test_from", text);
      ObjectNode missing = description();
      missing.putArray("missing_values").add(text);
      ObjectNode join = description();
      join.putArray("joins").addObject().put("file", "raw.csv").put("on", text).put("prefix", "p");
      ObjectNode prefix = description();
      prefix
          .putArray("joins")
          .addObject()
          .put("file", "raw.csv")
          .put("on", "ts")
          .put("prefix", text);
      prefix.withArray("columns").addObject().put("name", text + "tags").put("emb_name", "t");
      descriptions.addAll(List.of(label, names, from, missing, join, prefix));
      for (ObjectNode description : descriptions) {
        Optional<String> said = prepare(description);
        if (said.isPresent()) {
          requireOneLine(said.get());
        }
        canary.requireUntouched(description.toString());
      }
    }
  }

  @Test
  void sideTablesThatLieElsewhere() throws IOException {
    Path link = Files.createSymbolicLink(given.resolve("link.csv"), canary.csv());
    Path folder = Files.createSymbolicLink(given.resolve("linked"), canary.folder());
    List<String> files =
        List.of(
            canary.csv().toString(),
            canary.folder().toString(),
            canary.folder() + "/*.csv",
            "../canary/secret.csv",
            "../canary",
            "../canary/*",
            "../**",
            "../*/secret.csv",
            "../given/../canary/secret.csv",
            "link.csv",
            "linked/secret.csv",
            "linked",
            "linked/*.csv",
            "*.csv",
            "~/secret.csv",
            "file://" + canary.csv(),
            "https://localhost:1/secret.csv",
            "s3://secret/secret.csv",
            "/dev/stdin",
            "/proc/self/environ");
    for (String file : files) {
      ObjectNode description = description();
      description.putArray("joins").addObject().put("file", file).put("on", "user");
      description.withArray("columns").addObject().put("name", "city");
      Optional<String> said = prepare(description);
      assertThat(said).as(file).isPresent();
      assertThat(said.get()).as(file).doesNotContain(Canary.WORD);
    }
    Files.delete(link);
    Files.delete(folder);
    requireOneLine("side tables");
  }

  @Test
  void sideTablesBesideTheRowsOrWhereTheCallerSays() throws IOException {
    Path own = Files.createDirectories(temp.resolve("own/tables"));
    Files.writeString(own.resolve("users.csv"), "user,city\n1,Rom\n2,Oslo\n3,Rom\n4,Oslo\n");
    ObjectNode description = description();
    description
        .putArray("joins")
        .addObject()
        .put("file", "../own/tables/users.csv")
        .put("on", "user");
    description.withArray("columns").addObject().put("name", "city");
    assertThat(prepare(description).orElseThrow())
        .contains("tables (--tables FOLDER) allow another folder");
    Description read = Description.parse(description.toString(), "given.yaml");
    Path out = temp.resolve("out");
    new Preparation(
            options(), Models.standard().groups(), given, ImmutableList.of(temp.resolve("own")))
        .write(read, "", SourceFiles.find(raw.toString(), Path.of("")), out, false);
    assertThat(out.resolve("vocab/city.parquet")).isRegularFile();
  }

  @Test
  void encodingsOfAFolderThatSomebodyHandsOver() throws IOException {
    Path data = temp.resolve("data");
    Description good = Description.parse(with("sparse", "upper(tags)").toString(), "given.yaml");
    new Preparation(options(), Models.standard().groups(), given)
        .write(good, "", SourceFiles.find(raw.toString(), Path.of("")), data, false);
    Path file = data.resolve(Encoding.FILE);
    String encoding = Files.readString(file);
    assertThat(encode(data)).isEmpty();
    for (String sql : ForbiddenSql.expressions(canary)) {
      JsonNode changed = JSON.readTree(encoding);
      for (JsonNode column : changed.at("/description/columns")) {
        if (column.path("name").asText().equals("more")) {
          ((ObjectNode) column).put("source", sql);
        }
      }
      Files.writeString(file, changed.toString());
      Optional<String> said = encode(data);
      assertThat(said).as(sql).isPresent();
      assertThat(said.get().lines()).as(sql).hasSize(1);
      canary.requireUntouched(sql);
    }
  }

  private Optional<String> encode(Path data) throws IOException {
    Path work = Files.createDirectory(temp.resolve("work"));
    try {
      SavedEncoding.open(data, options())
          .encode(
              RawData.files(raw.toString()),
              ImmutableSet.of("user", "page", "item", "more"),
              work,
              work.resolve("encoded.parquet"));
      return Optional.empty();
    } catch (InvalidInputException e) {
      return Optional.of(e.getMessage());
    } finally {
      MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }
}
