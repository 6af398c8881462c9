package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.hash.Hashing;
import io.scenerank.config.InvalidInputException;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.export.SmallModel;
import io.scenerank.feature.RawEncoding;
import io.scenerank.feature.RawEncoding.RawFeature;
import io.scenerank.feature.RawEncoding.RawFeature.Ids;
import io.scenerank.feature.RawEncoding.RawFeature.NumberTexts;
import io.scenerank.feature.RawEncoding.RawFeature.Spelling;
import io.scenerank.feature.Vocabulary;
import io.scenerank.train.TrainingGraph;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The signature {@code raw} of an export with an encoding, value by value. */
@Tag("slow")
class EncodedSignatureTest {
  private static final int BUCKETS = 29;

  @TempDir static Path temp;

  private static Path folder;

  /** Videos are integers in a text with bars; sizes are bins of numbers. */
  private static RawEncoding encoding() {
    Vocabulary users = Vocabulary.texts("user").add("anna", 1).add("a b", 2).add("北京", 3).build();
    Vocabulary.Builder videos = Vocabulary.integers("video");
    for (int i = 1; i < 30; i++) {
      videos.add(1000L * i, i);
    }
    ImmutableList<String> marks = ImmutableList.of("NULL", "-", "(a|b)", "\\E$");
    return new RawEncoding(
        ImmutableMap.<String, RawFeature>builder()
            .put("user", new RawFeature.Text(marks, Spelling.AS_WRITTEN, new Ids.Lookup("user")))
            .put(
                "history",
                new RawFeature.Delimited(
                    marks, Spelling.AS_WRITTEN, "||", Spelling.INTEGER, new Ids.Lookup("video")))
            .put(
                "scene",
                new RawFeature.Numbers(
                    ImmutableList.of(7.0),
                    "scene",
                    ImmutableMap.of(0.5, 1, -0.0, 2),
                    NumberTexts.PLAIN))
            .put(
                "größe",
                new RawFeature.Binned(
                    ImmutableList.of(-1.0),
                    ImmutableList.of(-0.5, 0.1, 16777217.0),
                    NumberTexts.PLAIN))
            .put("video", new RawFeature.Text(marks, Spelling.BOOLEAN, new Ids.Buckets(BUCKETS)))
            .put("age", new RawFeature.Dense(ImmutableList.of(99.0), 0.25f, NumberTexts.PLAIN))
            .put("vector", new RawFeature.Dense(ImmutableList.of(), null, NumberTexts.PLAIN))
            .buildOrThrow(),
        ImmutableMap.of("user", users, "video", videos.build()));
  }

  @BeforeAll
  static void export() throws IOException {
    try (TrainingGraph graph = SmallModel.untrained(SmallModel.definition())) {
      folder =
          new SavedModelExporter(encoding())
              .export(SmallModel.definition(), graph, temp.resolve("model"), 1, false);
    }
  }

  private static Features.Builder but(String left, int rows) {
    Features.Builder features = Features.builder();
    String[] nothing = new String[rows];
    Arrays.fill(nothing, "");
    for (String name : List.of("user", "history", "video")) {
      if (!name.equals(left)) {
        features.strings(name, nothing);
      }
    }
    for (String name : List.of("scene", "größe")) {
      if (!name.equals(left)) {
        features.doubles(name, new double[rows]);
      }
    }
    if (!left.equals("age")) {
      features.floats("age", new float[rows]);
    }
    if (!left.equals("vector")) {
      features.floats("vector", new float[rows][2]);
    }
    return features;
  }

  /** The ids of a feature in the packed row. */
  private static int[] ids(Features features, int from, int length) {
    return Arrays.copyOfRange(RawGraph.encode(folder, features).ids()[0], from, from + length);
  }

  @Test
  void itTakesRawTypes() {
    try (SavedModelPredictor raw = SavedModelPredictor.load(folder, "raw", 1)) {
      assertThat(raw.inputs().values())
          .extracting(input -> input.name() + " " + input.dataType() + " " + input.shape())
          .containsExactly(
              "age DT_FLOAT [-1, 1]",
              "größe DT_DOUBLE [-1, 1]",
              "history DT_STRING [-1, 1]",
              "scene DT_DOUBLE [-1, 1]",
              "user DT_STRING [-1, 1]",
              "vector DT_FLOAT [-1, 2]",
              "video DT_STRING [-1, 1]");
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "anna,1",
        "` anna\t`,1",
        "`\u00a0\u3000anna\r\n`,1",
        "`a\tb`,2",
        "`a\nb`,2",
        "`a b`,2",
        "北京,3",
        "Anna,0",
        "`a  b`,0",
        "``,0",
        "` `,0",
        "NULL,0",
        "` - `,0",
        "(a|b),0",
        "\\E$,0",
        "\u200banna,0",
      })
  void textsAreCleanedAndLookedUp(String text, int id) {
    assertThat(ids(but("user", 1).strings("user", text).build(), 0, 1)).containsExactly(id);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "``,0 0 0", "1000,0 0 1", "2000.0||1000,0 2 1", "` 3000. || ||1000`,0 3 1",
        "||||,0 0 0", "1000||2000||3000||4000,2 3 4", "5||1000,0 0 1", "1000|||2000,0 1 0",
        "NULL,0 0 0", "NULL||1000,0 0 1", "01000,0 0 0", "1000.5,0 0 0",
      })
  void sequencesAreSplitCutAndPadded(String text, String ids) {
    assertThat(ids(but("history", 1).strings("history", text).build(), 1, 3))
        .containsExactly(Arrays.stream(ids.split(" ")).mapToInt(Integer::parseInt).toArray());
  }

  @ParameterizedTest
  @CsvSource({"0.5,1", "-0.0,2", "0.0,0", "7,0", "NaN,0", "0.50000000000000011,0"})
  void numbersAreLookedUpByTheirBits(double number, int id) {
    assertThat(ids(but("scene", 1).doubles("scene", number).build(), 4, 1)).containsExactly(id);
  }

  @ParameterizedTest
  @CsvSource({
    "-0.5,1", "-0.49999999999999994,2", "0.1,2", "0.10000000000000002,3", "-0.0,2", "0.0,2",
    "16777217,3", "16777217.000000004,4", "Infinity,4", "-Infinity,1", "NaN,0", "-1,0",
    "9007199254740993,4",
  })
  void numbersFallIntoTheBinsOfDoubles(double number, int id) {
    assertThat(ids(but("größe", 1).doubles("größe", number).build(), 5, 1)).containsExactly(id);
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {"True,true", " FALSE ,false", "yes,yes", "北京,北京"})
  void textsAreHashedInOneSpelling(String text, String hashed) {
    long hash = Hashing.farmHashFingerprint64().hashString(hashed, StandardCharsets.UTF_8).asLong();
    assertThat(ids(but("video", 1).strings("video", text).build(), 6, 1))
        .containsExactly((int) Long.remainderUnsigned(hash, BUCKETS) + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nan", "-", " NULL"})
  void whatIsMissingHasNoBucket(String text) {
    assertThat(ids(but("video", 1).strings("video", text).build(), 6, 1)).containsExactly(0);
  }

  @ParameterizedTest
  @CsvSource({"NaN,0.25", "Infinity,0.25", "-Infinity,0.25", "99,0.25", "1.5,1.5", "-0.0,-0.0"})
  void aDenseColumnSaysWhatAMissingValueBecomes(float age, float expected) {
    float[][] dense = RawGraph.encode(folder, but("age", 1).floats("age", age).build()).dense();
    assertThat(dense[0][0]).isEqualTo(expected);
  }

  @Test
  void withoutThatItIsAnError() {
    Features features =
        but("vector", 3).floats("vector", new float[][] {{1, 2}, {3, 4}, {5, Float.NaN}}).build();
    try (SavedModelPredictor raw = SavedModelPredictor.load(folder, "raw", 1)) {
      assertThatThrownBy(() -> raw.predict(features))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(folder + ": feature 'vector', row 2: found nan, expected a finite float");
    }
  }

  @Test
  void rowsDoNotMix() {
    int[][] ids =
        RawGraph.encode(
                folder,
                but("history", 4)
                    .strings("history", "1000||2000", "", "3000||4000||5000||6000", "||7000||")
                    .build())
            .ids();
    assertThat(Arrays.stream(ids).map(row -> Arrays.toString(Arrays.copyOfRange(row, 1, 4))))
        .containsExactly("[0, 1, 2]", "[0, 0, 0]", "[4, 5, 6]", "[0, 0, 7]");
  }

  @Test
  void noRowsHaveNoScores() {
    try (SavedModelPredictor raw = SavedModelPredictor.load(folder, "raw", 1)) {
      assertThat(raw.predict(but("", 0).build()).get("click")).isEmpty();
    }
  }

  // What is wrong with an encoding

  @Test
  void aColumnThatIsNotEncoded() {
    RawEncoding whole = encoding();
    assertRefused(
        new RawEncoding(
            ImmutableMap.copyOf(Maps.filterKeys(whole.features(), name -> !name.equals("age"))),
            whole.vocabularies()),
        "feature 'age', which the model reads, is not encoded");
  }

  @Test
  void aTableWithoutItsVocabulary() {
    RawEncoding whole = encoding();
    assertRefused(
        new RawEncoding(
            whole.features(), ImmutableMap.of("video", whole.vocabularies().get("video"))),
        "feature 'user': the table 'user' has no vocabulary");
  }

  private static void assertRefused(RawEncoding encoding, String message) {
    try (TrainingGraph graph = SmallModel.untrained(SmallModel.definition())) {
      assertThatThrownBy(
              () ->
                  new SavedModelExporter(encoding)
                      .export(SmallModel.definition(), graph, temp.resolve("no"), 1, false))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(message);
    }
    assertThat(temp.resolve("no/1")).doesNotExist();
  }
}
