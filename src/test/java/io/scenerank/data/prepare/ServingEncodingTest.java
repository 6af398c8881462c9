package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.feature.RawEncoding;
import io.scenerank.feature.RawEncoding.RawFeature;
import io.scenerank.feature.RawEncoding.RawFeature.Ids;
import io.scenerank.feature.RawEncoding.RawFeature.NumberForm;
import io.scenerank.feature.RawEncoding.RawFeature.NumberTexts;
import io.scenerank.feature.RawEncoding.RawFeature.Spelling;
import io.scenerank.feature.Vocabulary;
import io.scenerank.model.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of a description a graph computes, and what is refused. */
class ServingEncodingTest {
  private static final ImmutableList<String> MARKS = ImmutableList.of("-", "-1", "1e3");
  private static final ImmutableList<Double> NUMBERS = ImmutableList.of(-1.0, 1000.0);

  /** The same values where a number comes as a text. */
  private static final NumberTexts TEXTS = new NumberTexts(MARKS, NumberForm.NUMBER);

  private static final String DESCRIPTION =
      """
      labels: {click: n % 2}
      scenario: place
      user: user
      split: {by: random, test_share: 0.3, seed: 5}
      missing_values: ["-", "-1", "1e3"]
      joins: [{file: users.csv, on: user}]
      columns:
        - {name: count}
        - {name: count_text, source: count, emb_name: user}
        - {name: bucket, source: count, hash: 10}
        - {name: bin, source: '"Size"', bins: 3}
        - {name: size}
        - {name: size_float, source: size, type: dense, missing: 0.5}
        - {name: n, type: dense}
        - {name: flag}
        - {name: tags, type: sequence, delimiter: "|", max_len: 3}
        - {name: counts, type: sequence, delimiter: "|", emb_name: count}
        - {name: city}
        - {name: twice, source: n * 2, type: dense}
        - {name: day}
        - {name: day_bin, source: day, bins: 2}
        - {name: size_bucket, source: size, hash: 5}
        - {name: sizes, source: size, type: sequence, delimiter: "|"}
        - {name: from_join, source: "lower(city)"}
      """;

  private static final PrepareOptions OPTIONS =
      new PrepareOptions(DuckDbOptions.DEFAULT, "", (step, done, total, unit) -> {});

  @TempDir static Path temp;

  private static Path data;

  @BeforeAll
  static void prepare() throws IOException {
    StringBuilder csv = new StringBuilder("user,place,n,count,size,flag,tags,counts,day\n");
    for (int i = 0; i < 20; i++) {
      csv.append(
          String.format(
              "u%d,p,%d,%d,%d.5,%b,a|b%d,%d|%d,2022-01-%02d\n",
              i % 3, i, i % 4, i % 5, i % 2 == 0, i % 3, i % 4, (i + 1) % 4, 1 + i % 9));
    }
    Files.writeString(temp.resolve("users.csv"), "user,city\nu0,Rom\nu1,Oslo\n");
    Path file = Files.writeString(temp.resolve("raw.csv"), csv);
    data = temp.resolve("data");
    new Preparation(OPTIONS, Models.standard().groups(), temp)
        .write(
            Description.parse(DESCRIPTION, "description"),
            "",
            SourceFiles.find(file.toString(), Path.of("")),
            data,
            false);
  }

  private static RawEncoding read(Path folder, String... features) {
    return ServingEncoding.read(folder, ImmutableSet.copyOf(features), DuckDbOptions.DEFAULT);
  }

  private static RawFeature feature(String name) {
    return read(data, name).features().get(name);
  }

  @Test
  void integersAreLookedUpAsIntegersWhereTheVocabularyHoldsThem() {
    assertThat(feature("count"))
        .isEqualTo(new RawFeature.Integers(ImmutableList.of(-1L), "count", MARKS));
    assertThat(feature("count_text"))
        .isEqualTo(new RawFeature.Text(MARKS, Spelling.INTEGER, new Ids.Lookup("user")));
    assertThat(feature("bucket"))
        .isEqualTo(new RawFeature.Text(MARKS, Spelling.INTEGER, new Ids.Buckets(10)));
    assertThat(read(data, "count").vocabularies().get("count").kind())
        .isEqualTo(Vocabulary.Kind.INTEGER);
  }

  @Test
  void numbersAreLookedUpOrCut() {
    assertThat(feature("size"))
        .isEqualTo(
            new RawFeature.Numbers(
                NUMBERS, "size", ImmutableMap.of(0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5), TEXTS));
    assertThat(feature("bin"))
        .isEqualTo(new RawFeature.Binned(NUMBERS, Encoding.read(data).edges().get("bin"), TEXTS));
    assertThat(feature("size_float")).isEqualTo(new RawFeature.Dense(NUMBERS, 0.5f, TEXTS));
    assertThat(feature("n")).isEqualTo(new RawFeature.Dense(NUMBERS, null, TEXTS));
    assertThat(feature("day_bin")).as("seconds").isInstanceOf(RawFeature.Binned.class);
  }

  @Test
  void textsAndSequences() {
    assertThat(feature("flag"))
        .isEqualTo(new RawFeature.Text(MARKS, Spelling.BOOLEAN, new Ids.Lookup("flag")));
    assertThat(feature("tags"))
        .isEqualTo(
            new RawFeature.Delimited(
                MARKS, Spelling.AS_WRITTEN, "|", Spelling.AS_WRITTEN, new Ids.Lookup("tags")));
    assertThat(feature("counts"))
        .isEqualTo(
            new RawFeature.Delimited(
                MARKS, Spelling.AS_WRITTEN, "|", Spelling.INTEGER, new Ids.Lookup("count")));
    assertThat(feature("city"))
        .as("a column of a side table is the caller's to bring")
        .isEqualTo(new RawFeature.Text(MARKS, Spelling.AS_WRITTEN, new Ids.Lookup("city")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "twice ! column 'twice' is the SQL expression 'n * 2', expected a single column as source",
        "from_join ! column 'from_join' is the SQL expression 'lower(city)', expected a single"
            + " column",
        "day ! column 'day' holds dates or times, whose spellings a graph does not read",
        "size_bucket ! column 'size_bucket' holds numbers that are not integers as texts",
        "sizes ! column 'sizes' holds numbers that are not integers as texts",
      })
  void whatAGraphDoesNotComputeIsRefused(String feature, String message) {
    assertThatThrownBy(() -> read(data, "count", feature))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            data.resolve("encoding.json") + ": a graph cannot encode: " + message)
        .hasMessageEndingWith("; 'predict' encodes such rows, or leave the columns out");
  }

  @Test
  void allRefusedColumnsAreNamedAtOnce() {
    assertThatThrownBy(() -> read(data, "twice", "day", "tags"))
        .hasMessageContainingAll("column 'twice' is", "; column 'day' holds");
  }

  @Test
  void aFeatureThatIsNotEncoded() {
    assertThatThrownBy(() -> read(data, "count", "counter"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            data.resolve("encoding.json")
                + ": feature 'counter', which the model reads, is not encoded here; did you mean"
                + " 'count'?");
  }

  @Test
  void aDataSetOfAnOlderVersion() throws IOException {
    Path old = temp.resolve("old");
    Encoding.copy(data, Files.createDirectory(old));
    Files.copy(data.resolve("schema.json"), old.resolve("schema.json"));
    ConfigMapper mapper = new ConfigMapper();
    ObjectNode encoding = (ObjectNode) mapper.readTree(data.resolve("encoding.json"));
    encoding.remove(List.of("hash_function", "types"));
    Files.writeString(old.resolve("encoding.json"), mapper.toJson(encoding));
    assertThat(read(old, "count", "tags").features()).hasSize(2);
    assertThatThrownBy(() -> read(old, "bucket"))
        .hasMessageContaining("column 'bucket' is hashed with MD5, as data sets of older versions");
    assertThatThrownBy(() -> read(old, "bin"))
        .hasMessageContaining("column 'bin' holds numbers, and an older version did not record");
  }
}
