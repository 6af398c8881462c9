package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PackedRows;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.export.SmallModel;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.testing.SceneModels;
import io.scenerank.train.TrainingGraph;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ranking one user's candidates gives the scores of predicting rows that repeat the user. */
@Tag("slow")
class CandidateRankerTest {
  /** Rounding alone: the parts of a first layer's sum are added in another order. */
  private static final float TOLERANCE = 1e-6f;

  private static final int ROWS = 24;

  private static final ImmutableMap<String, ModelDefinition<?>> MODELS =
      ImmutableMap.<String, ModelDefinition<?>>builder()
          .put("pepnet", SmallModel.definition())
          .put("apg", SceneModels.small(Models.APG))
          .put("apg, linear logits", SceneModels.small(Models.APG, "{linear_logits: true}"))
          .put("apg, not shared", SceneModels.small(Models.APG, "{use_uv_shared: false}"))
          .put(
              "apg, mix",
              SceneModels.small(Models.APG, "{apg_strategy: mix, apg_condition: [user, item]}"))
          .put("apg, self", SceneModels.small(Models.APG, "{apg_strategy: self}"))
          .put("m2m", SceneModels.small(Models.M2M))
          .put(
              "m2m, formulas",
              SceneModels.small(Models.M2M, "{attention_softmax: true, tower_residual: true}"))
          .put(
              "m2m, keras3",
              SceneModels.small(
                  Models.M2M,
                  "{attention_masking: keras3, positon_agg_func: sum, activation: dice}"))
          .put("m2m, own units", SceneModels.small(Models.M2M, "{meta_unit_shared: false}"))
          .put("mmoe", SceneModels.small(Models.MMOE))
          .put("shared_bottom", SceneModels.small(Models.SHARED_BOTTOM, "{linear_logits: true}"))
          .buildOrThrow();

  @TempDir static Path temp;
  private static final Map<String, Exported> EXPORTED = new HashMap<>();

  private record Exported(
      ModelDefinition<?> definition, Path folder, SavedModelPredictor predictor) {}

  @BeforeAll
  static void export() throws IOException {
    for (Map.Entry<String, ModelDefinition<?>> model : MODELS.entrySet()) {
      try (TrainingGraph graph = SmallModel.untrained(model.getValue())) {
        graph.assign(anyWeights(graph.read()));
        Path folder =
            new SavedModelExporter()
                .export(model.getValue(), graph, temp.resolve(model.getKey()), 1, false);
        EXPORTED.put(
            model.getKey(),
            new Exported(
                model.getValue(),
                folder,
                SavedModelPredictor.load(folder, Signatures.SERVING_DEFAULT, 1)));
      }
    }
  }

  /** Weights that are far from their first values, so that every part of a model has its say. */
  private static Map<String, FloatTensor> anyWeights(Map<String, FloatTensor> first) {
    Random random = new Random(4);
    Map<String, FloatTensor> weights = new LinkedHashMap<>();
    first.forEach(
        (path, tensor) -> {
          float[] values = new float[tensor.values().length];
          for (int i = 0; i < values.length; i++) {
            values[i] =
                path.endsWith("variance")
                    ? 0.5f + random.nextFloat()
                    : 0.5f * (float) random.nextGaussian();
          }
          weights.put(path, new FloatTensor(tensor.shape(), values));
        });
    return weights;
  }

  @AfterAll
  static void close() {
    EXPORTED.values().forEach(exported -> exported.predictor().close());
  }

  static Set<String> models() {
    return MODELS.keySet();
  }

  private static PackedRows rows(ModelDefinition<?> definition) {
    return definition.type().name().equals("pepnet")
        ? SmallModel.rows(ROWS)
        : SceneModels.rows(ROWS, 7);
  }

  /** Some rows of some features; row {@code repeated}, if there is one, in place of each. */
  private static Features features(
      PackedRows rows, Set<String> names, int from, int count, Integer repeated) {
    Features.Builder features = Features.builder();
    for (FeatureColumn column : rows.layout().columns()) {
      if (!names.contains(column.name())) {
        continue;
      }
      int offset = rows.layout().offset(column);
      int[][] ids = new int[count][column.width()];
      float[][] floats = new float[count][column.width()];
      for (int i = 0; i < count; i++) {
        int row = repeated == null ? from + i : repeated;
        if (column.isCategorical()) {
          rows.copyIds(row, offset, ids[i], 0, column.width());
        } else {
          rows.copyDense(row, offset, floats[i], 0, column.width());
        }
      }
      if (column.isCategorical()) {
        features.ids(column.name(), ids);
      } else {
        features.floats(column.name(), floats);
      }
    }
    return features.build();
  }

  private static Features joined(
      PackedRows rows, Set<String> user, Set<String> all, int from, int count, int userRow) {
    Features.Builder features = Features.builder();
    Features ofUser = features(rows, user, from, count, userRow);
    Features others = features(rows, Sets.difference(all, user), from, count, null);
    for (Features part : List.of(ofUser, others)) {
      for (String name : part.names()) {
        FeatureValue value = part.get(name);
        int width = Math.toIntExact(value.shape().get(1));
        if (value.array() instanceof int[] ids) {
          int[][] matrix = new int[count][width];
          for (int i = 0; i < count; i++) {
            System.arraycopy(ids, i * width, matrix[i], 0, width);
          }
          features.ids(name, matrix);
        } else {
          float[][] matrix = new float[count][width];
          for (int i = 0; i < count; i++) {
            System.arraycopy(value.array(), i * width, matrix[i], 0, width);
          }
          features.floats(name, matrix);
        }
      }
    }
    return features.build();
  }

  /** None, each column alone, and several. */
  private static Set<Set<String>> userSides(List<String> columns) {
    ImmutableSet.Builder<Set<String>> sides = ImmutableSet.builder();
    sides.add(ImmutableSet.of());
    for (String column : columns) {
      sides.add(ImmutableSet.of(column));
    }
    Random random = new Random(5);
    for (int i = 0; i < columns.size() - 2; i++) {
      List<String> shuffled = new ArrayList<>(columns);
      Collections.shuffle(shuffled, random);
      sides.add(ImmutableSet.copyOf(shuffled.subList(0, 2 + i)));
    }
    return sides.build();
  }

  @ParameterizedTest
  @MethodSource("models")
  void whateverIsTheUsersTheScoresAreThoseOfPredictingJoinedRows(String model) {
    Exported exported = EXPORTED.get(model);
    PackedRows rows = rows(exported.definition());
    List<String> all = exported.definition().columns().stream().map(FeatureColumn::name).toList();
    List<Float> seen = new ArrayList<>();
    for (Set<String> user : userSides(all)) {
      try (CandidateRanker ranker = CandidateRanker.load(exported.folder(), user, 1)) {
        assertThat(ranker.userInputs().keySet()).isEqualTo(user);
        for (int count : new int[] {0, 1, 9}) {
          Scores expected =
              exported.predictor().predict(joined(rows, user, Set.copyOf(all), 3, count, 17));
          Scores found =
              ranker.rank(
                  features(rows, user, 17, 1, null),
                  features(rows, Sets.difference(Set.copyOf(all), user), 3, count, null));
          for (String task : ranker.outputs()) {
            assertThat(found.get(task))
                .as("%s of %s candidates, the user having %s", task, count, user)
                .hasSize(count);
            for (int i = 0; i < count; i++) {
              assertThat(found.get(task)[i])
                  .as("%s, candidate %s of %s, the user having %s", task, i, count, user)
                  .isCloseTo(
                      expected.get(task)[i],
                      within(TOLERANCE * (1 + Math.abs(expected.get(task)[i]))));
              seen.add(found.get(task)[i]);
            }
          }
        }
      }
    }
    assertThat(seen.stream().map(value -> Math.round(value * 1e4f)).collect(Collectors.toSet()))
        .as("different scores")
        .hasSizeGreaterThan(5);
  }

  // Wrong use

  private static final ImmutableSet<String> USER = ImmutableSet.of("user", "scene", "age");

  private static Features user(String scene, int... ids) {
    return Features.builder().ids("user", 3).floats("age", 0.5f).ids(scene, ids).build();
  }

  private static Features candidates(int... videos) {
    return Features.builder()
        .ids("history", new int[videos.length][3])
        .floats("vector", new float[videos.length][2])
        .ids("größe", new int[videos.length])
        .ids("video", videos)
        .build();
  }

  @Test
  void wrongFeaturesAreNamedWithTheirSide() {
    Path folder = EXPORTED.get("pepnet").folder();
    try (CandidateRanker ranker = CandidateRanker.load(folder, USER, 1)) {
      assertThat(ranker.rank(user("scene", 2), candidates(1, 29)).get("click")).hasSize(2);
      assertInvalid(
          ranker,
          user("scene", 3),
          candidates(1),
          folder + ": user: feature 'scene', row 0: id 3 is outside [0, 3)");
      assertInvalid(
          ranker,
          user("scene", 1),
          candidates(1, 30),
          folder + ": candidates: feature 'video', row 1: id 30 is outside [0, 30)");
      assertInvalid(
          ranker,
          user("scnee", 1),
          candidates(1),
          folder + ": user: feature 'scnee' is not an input; did you mean 'scene'?");
      assertInvalid(
          ranker,
          Features.builder().ids("user", 1, 2).floats("age", 1, 2).ids("scene", 1, 2).build(),
          candidates(1),
          folder + ": user: found 2 rows, expected one");
      assertInvalid(
          ranker,
          user("scene", 1),
          Features.builder().ids("video", 1).build(),
          folder + ": candidates: feature 'größe' is missing");
    }
  }

  private static void assertInvalid(
      CandidateRanker ranker, Features user, Features candidates, String message) {
    assertThatThrownBy(() -> ranker.rank(user, candidates))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  @Test
  void sidesThatCannotBeAreRefused() {
    Path folder = EXPORTED.get("pepnet").folder();
    assertThatThrownBy(() -> CandidateRanker.load(folder, Set.of("usr"), 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(folder + ": user: feature 'usr' is not an input; did you mean 'user'?");
    Set<String> all =
        SmallModel.COLUMNS.stream().map(FeatureColumn::name).collect(Collectors.toSet());
    assertThatThrownBy(() -> CandidateRanker.load(folder, all, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            folder + ": all features belong to the user, expected at least one of the candidates");
    Path keras = Path.of("savedmodels/pepnet-keras3");
    assertThatThrownBy(() -> CandidateRanker.load(keras, Set.of("user_id"), 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            keras
                + ": has no signature 'packed' as this library exports it, expected one: a model"
                + " that reads texts has none");
  }

  @Test
  void aClosedRankerSaysSo() {
    Path folder = EXPORTED.get("pepnet").folder();
    CandidateRanker ranker = CandidateRanker.load(folder, USER, 1);
    ranker.close();
    ranker.close();
    assertThatThrownBy(() -> ranker.rank(user("scene", 1), candidates(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(folder + ": the ranker is closed");
  }
}
