package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PackedRows;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.export.SavedModelExporterTest;
import io.scenerank.export.SmallModel;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Vocabulary;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.TrainingGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;

/** The signature {@code raw}: texts and numbers in, the scores of their ids out. */
@Tag("slow")
class RawSignatureTest {
  private static final int ROWS = 64;

  @TempDir static Path temp;

  private static SavedModelPredictor raw;
  private static SavedModelPredictor ids;

  /** Users are texts, videos (also in the sequence) are numbers; the scene has no vocabulary. */
  private static ImmutableList<Vocabulary> vocabularies() {
    Vocabulary.Builder users = Vocabulary.texts("user");
    for (int id = 19; id > 0; id--) {
      users.add(user(id), id);
    }
    Vocabulary.Builder videos = Vocabulary.integers("video");
    for (int id = 1; id < 30; id++) {
      videos.add(video(id), id);
    }
    Vocabulary sizes =
        Vocabulary.texts("größe")
            .add("klein", 1)
            .add("mittel", 2)
            .add("groß", 3)
            .add("sehr groß", 3)
            .add("Größe 4", 4)
            .build();
    return ImmutableList.of(users.build(), videos.build(), sizes);
  }

  /** Id 0 is a user that the vocabulary does not hold. */
  private static String user(int id) {
    return "user " + id + " é'\"";
  }

  private static long video(int id) {
    return id == 0 ? -77 : (1L << 40) - id;
  }

  @BeforeAll
  static void export() throws IOException {
    Path folder = export(vocabularies(), SmallModel.definition(), temp.resolve("model"));
    raw = SavedModelPredictor.load(folder, "raw", 1);
    ids = SavedModelPredictor.load(folder, Signatures.SERVING_DEFAULT, 1);
  }

  private static Path export(
      Iterable<Vocabulary> vocabularies, ModelDefinition<?> definition, Path base)
      throws IOException {
    try (TrainingGraph graph = SmallModel.untrained(definition)) {
      return new SavedModelExporter(vocabularies).export(definition, graph, base, 1, false);
    }
  }

  @AfterAll
  static void close() {
    raw.close();
    ids.close();
  }

  @Test
  void itTakesRawValuesWhereThereIsAVocabularyAndIdsElsewhere() {
    assertThat(raw.inputs().keySet()).isEqualTo(ids.inputs().keySet());
    assertThat(type("user")).isEqualTo("DT_STRING [-1, 1]");
    assertThat(type("größe")).isEqualTo("DT_STRING [-1, 1]");
    assertThat(type("video")).isEqualTo("DT_INT64 [-1, 1]");
    assertThat(type("history")).isEqualTo("DT_INT64 [-1, 3]");
    assertThat(type("scene")).isEqualTo("DT_INT32 [-1, 1]");
    assertThat(type("vector")).isEqualTo("DT_FLOAT [-1, 2]");
    assertThat(raw.outputs()).isEqualTo(ids.outputs());
  }

  private static String type(String input) {
    return raw.inputs().get(input).dataType() + " " + raw.inputs().get(input).shape();
  }

  @Test
  void rawValuesGiveTheScoresOfTheirIdsBitForBit() {
    Scores expected = ids.predict(SmallModel.features(0, ROWS));
    Scores found = raw.predict(rawFeatures(ROWS).build());
    for (String task : SmallModel.TASKS) {
      assertThat(found.get(task)).as(task).containsExactly(expected.get(task));
    }
    assertThat(expected.get("click")).as("the rows differ").doesNotHaveDuplicates();
  }

  /** The rows of {@link SmallModel#features}, in raw values; id 0 is a value that nobody knows. */
  private static Features.Builder rawFeatures(int count) {
    PackedRows rows = SmallModel.rows(count);
    String[] users = new String[count];
    long[][] history = new long[count][3];
    int[] scenes = new int[count];
    String[] sizes = new String[count];
    long[] videos = new long[count];
    float[] ages = new float[count];
    float[][] vectors = new float[count][2];
    int[] packed = new int[7];
    for (int row = 0; row < count; row++) {
      rows.copyIds(row, 0, packed, 0, packed.length);
      users[row] = user(packed[0]);
      for (int i = 0; i < 3; i++) {
        history[row][i] = video(packed[1 + i]);
      }
      scenes[row] = packed[4];
      sizes[row] = size(packed[5]);
      videos[row] = video(packed[6]);
      float[] dense = new float[3];
      rows.copyDense(row, 0, dense, 0, 3);
      ages[row] = dense[0];
      System.arraycopy(dense, 1, vectors[row], 0, 2);
    }
    return Features.builder()
        .strings("user", users)
        .longs("history", history)
        .ids("scene", scenes)
        .strings("größe", sizes)
        .longs("video", videos)
        .floats("age", ages)
        .floats("vector", vectors);
  }

  private static String size(int id) {
    return ImmutableList.of("", "klein", "mittel", "groß", "Größe 4").get(id);
  }

  @Test
  void whatTheVocabularyDoesNotHoldIsId0() {
    float[] expected = ids.predict(row(0, 0, 0, 0)).get("click");
    for (String unseen : new String[] {"", "nobody", "user 1", " ", user(1) + " ", "点击"}) {
      assertThat(raw.predict(row(unseen, 77, 0, "riesig")).get("click"))
          .as("user '%s'", unseen)
          .containsExactly(expected);
    }
    for (long unseen : new long[] {0, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertThat(raw.predict(row("", unseen, unseen, "")).get("click"))
          .as("video %d", unseen)
          .containsExactly(expected);
    }
    assertThat(raw.predict(row(user(1), 0, 0, "")).get("click"))
        .as("a user that it holds")
        .containsExactly(ids.predict(row(1, 0, 0, 0)).get("click"))
        .isNotEqualTo(expected);
  }

  @Test
  void twoValuesMayHaveOneId() {
    assertThat(raw.predict(row("", 0, 0, "sehr groß")).get("like"))
        .containsExactly(raw.predict(row("", 0, 0, "groß")).get("like"))
        .containsExactly(ids.predict(row(0, 0, 0, 3)).get("like"));
  }

  private static Features row(String user, long video, long seen, String size) {
    return rest()
        .strings("user", user)
        .longs("video", video)
        .longs("history", new long[][] {{seen, seen, seen}})
        .strings("größe", size)
        .build();
  }

  private static Features row(int user, int video, int seen, int size) {
    return rest()
        .ids("user", user)
        .ids("video", video)
        .ids("history", new int[][] {{seen, seen, seen}})
        .ids("größe", size)
        .build();
  }

  private static Features.Builder rest() {
    return Features.builder().ids("scene", 1).floats("age", 1).floats("vector", new float[1][2]);
  }

  @Test
  void anIdWithoutAVocabularyIsStillChecked() {
    Features features = rawFeatures(1).build();
    assertThat(raw.predict(features).get("click")).hasSize(1);
    assertThatThrownBy(
            () ->
                raw.predict(
                    Features.builder()
                        .ids("scene", 3)
                        .floats("age", 1)
                        .floats("vector", new float[1][2])
                        .strings("user", "")
                        .longs("video", 0)
                        .longs("history", new long[1][3])
                        .strings("größe", "")
                        .build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageEndingWith(": feature 'scene', row 0: id 3 is outside [0, 3)");
  }

  // Contents of the folder

  @Test
  void theVocabulariesAreAssetsThatTheModelInitialisesItselfFrom() throws IOException {
    Path folder = temp.resolve("model/1");
    assertThat(names(folder.resolve("assets")))
        .containsExactly("gr__e.txt", "user.txt", "video.txt");
    assertThat(Files.readAllLines(folder.resolve("assets/gr__e.txt")))
        .containsExactly("klein\t1", "mittel\t2", "groß\t3", "sehr groß\t3", "Größe 4\t4");
    MetaGraphDef meta = SavedModelExporterTest.metaGraph(folder);
    assertThat(meta.getAssetFileDefList())
        .extracting(asset -> asset.getFilename())
        .containsExactlyInAnyOrder("gr__e.txt", "user.txt", "video.txt");
    assertThat(meta.getAssetFileDefList())
        .allMatch(asset -> asset.getTensorInfo().getDtype() == DataType.DT_STRING);
    assertThat(meta.getCollectionDefOrThrow("saved_model_main_op").getNodeList().getValueList())
        .hasSize(1)
        .allMatch(
            name ->
                meta.getGraphDef().getNodeList().stream()
                    .anyMatch(node -> node.getName().equals(name)));
    assertThat(meta.getSignatureDefMap()).containsOnlyKeys("serving_default", "packed", "raw");
    assertThat(meta.getSignatureDefOrThrow("raw").getMethodName())
        .isEqualTo("tensorflow/serving/predict");
  }

  @Test
  void withoutVocabulariesThereIsNoneOfIt() throws IOException {
    Path folder = SmallModel.get().folder();
    assertThat(folder.resolve("assets")).doesNotExist();
    MetaGraphDef meta = SavedModelExporterTest.metaGraph(folder);
    assertThat(meta.getSignatureDefMap()).doesNotContainKey("raw");
    assertThat(meta.getCollectionDefMap()).doesNotContainKey("saved_model_main_op");
  }

  @Test
  void tablesThatAreAlikeInAsciiHaveFilesOfTheirOwn() throws IOException {
    ImmutableList<FeatureColumn> columns =
        ImmutableList.of(
            FeatureColumn.sparse("größe", 4, 2, "dnn", "pepnet"),
            FeatureColumn.sparse("gräße", 6, 2, "dnn"),
            FeatureColumn.sparse("scene", 8, 3, "epnet", "linear"));
    Path folder =
        export(
            ImmutableList.of(
                Vocabulary.texts("größe").add("a", 3).build(),
                Vocabulary.texts("gräße").add("a", 5).build()),
            SmallModel.definition(SmallModel.TASKS, columns),
            temp.resolve("alike"));
    assertThat(names(folder.resolve("assets"))).containsExactly("gr__e.txt", "gr__e_1.txt");
    try (SavedModelPredictor model = SavedModelPredictor.load(folder, "raw", 1);
        SavedModelPredictor byId = SavedModelPredictor.load(folder)) {
      Features values =
          Features.builder().strings("größe", "a").strings("gräße", "a").ids("scene", 7).build();
      Features same = Features.builder().ids("größe", 3).ids("gräße", 5).ids("scene", 7).build();
      assertThat(model.predict(values).get("like")).containsExactly(byId.predict(same).get("like"));
    }
  }

  private static ImmutableList<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .sorted()
          .collect(ImmutableList.toImmutableList());
    }
  }

  // Wrong vocabularies

  @Test
  void anIdThatIsNoRowOfTheTable() {
    assertRefused(
        "vocabulary 'user': the value 'zoe' has the id 20, expected an id in [0, 20)",
        Vocabulary.texts("user").add("anna", 19).add("zoe", 20).build());
  }

  @Test
  void vocabulariesOfOtherTablesThanTheModels() {
    assertRefused(
        "no feature column of the model 'pepnet' has one of the vocabularies: usr",
        Vocabulary.texts("usr").add("anna", 1).build());
  }

  @Test
  void twoVocabulariesOfOneTable() {
    Vocabulary user = Vocabulary.texts("user").add("anna", 1).build();
    assertRefused("vocabulary 'user' occurs twice", user, user);
  }

  private static void assertRefused(String message, Vocabulary... vocabularies) {
    Path base = temp.resolve("refused");
    assertThatThrownBy(
            () -> export(ImmutableList.copyOf(vocabularies), SmallModel.definition(), base))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
    assertThat(base.resolve("1")).doesNotExist();
  }
}
