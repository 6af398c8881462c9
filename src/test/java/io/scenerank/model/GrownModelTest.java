package io.scenerank.model;

import static io.scenerank.testing.KerasJson.function;
import static io.scenerank.testing.KerasJson.ids;
import static io.scenerank.testing.KerasJson.inner;
import static io.scenerank.testing.KerasJson.layer;
import static io.scenerank.testing.KerasJson.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.layer.LayerTypes;
import io.scenerank.model.KerasGraph.KerasGraphParams;
import io.scenerank.testing.KerasJson;
import io.scenerank.testing.SmallModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Models whose columns have more ids. */
class GrownModelTest {
  private static final int ROWS = 30;
  private static final ImmutableMap<String, Integer> MORE = ImmutableMap.of("item", 41);

  private final List<String> lines = new ArrayList<>();

  /** A model of the inputs item and user, whose last layers read what others give. */
  private static ModelDefinition<KerasGraphParams> model(String ends, String... layers) {
    String[] all =
        Stream.of(
                Stream.of(ids("item", 1), ids("user", 1)),
                Stream.of(layers),
                Stream.of(
                    layer("Flatten", "flat", "", ends),
                    layer("Dense", "click", "\"units\": 1, \"activation\": \"sigmoid\"", "flat")))
            .flatMap(part -> part)
            .toArray(String[]::new);
    String json = KerasJson.model("model", "item,user", "click", all);
    return ModelDefinition.of(
        KerasGraph.type(LayerTypes.standard()),
        new KerasGraphParams(ImmutableList.of("click"), ImmutableList.of("item", "user"), json),
        List.of(FeatureColumn.sparse("item", ROWS, 1), FeatureColumn.sparse("user", 20, 1)));
  }

  private ModelDefinition<KerasGraphParams> grown(ModelDefinition<KerasGraphParams> before) {
    return ModelGraph.grown(before, MORE, lines::add);
  }

  private static ModelGraph.Table of(String layer, int rows, String... columns) {
    return ofWidth(layer, rows, 4, columns);
  }

  private static ModelGraph.Table ofWidth(String layer, int rows, int width, String... columns) {
    return new ModelGraph.Table(layer, rows, width, ImmutableSet.copyOf(columns));
  }

  @Test
  void aTableOfAColumnHasARowForEachOfItsIds() {
    ModelDefinition<KerasGraphParams> before =
        model(
            "both",
            table("t", ROWS, 4, "item"),
            table("other", 20, 4, "user"),
            layer("Concatenate", "both", "\"axis\": -1", "t,other"));
    ModelDefinition<KerasGraphParams> after = grown(before);
    assertThat(ModelGraph.tables(after))
        .containsExactlyInAnyOrder(of("t", 41, "item"), of("other", 20, "user"));
    assertThat(after.columns()).extracting(FeatureColumn::vocabSize).containsExactly(41, 20);
    ConfigMapper mapper = new ConfigMapper();
    assertThat(mapper.parsePython(after.params().kerasJson(), "after"))
        .isEqualTo(
            mapper.parsePython(
                before.params().kerasJson().replace("\"input_dim\": 30", "\"input_dim\": 41"),
                "before"));
    assertThat(lines).isEmpty();
  }

  @Test
  void aTableThatIsLargeEnoughStaysAsItIs() {
    ModelDefinition<KerasGraphParams> before = model("t", table("t", 1000, 4, "item"));
    assertThat(ModelGraph.tables(grown(before))).containsExactly(of("t", 1000, "item"));
  }

  @Test
  void idsReachATableThroughLayersThatPassThemOn() {
    ModelDefinition<KerasGraphParams> before =
        model(
            "t",
            layer("Reshape", "shaped", "\"target_shape\": [1]", "item"),
            function("cast", "cast", "\"dtype\": \"int64\"", "shaped"),
            table("t", ROWS, 4, "cast"));
    assertThat(ModelGraph.tables(grown(before))).containsExactly(of("t", 41, "item"));
  }

  @Test
  void tablesOfModelsInsideTheModelGrow() {
    ModelDefinition<KerasGraphParams> before =
        model(
            "tower#1",
            inner("tower", "x", "deep__t", "item", ids("x", 1), table("deep__t", ROWS, 4, "x")));
    ModelDefinition<KerasGraphParams> after = grown(before);
    assertThat(ModelGraph.tables(after)).containsExactly(of("tower/deep/t", 41, "item"));
  }

  @Test
  void whatHashesTheIdsNeedsNoMoreRows() {
    ModelDefinition<KerasGraphParams> before =
        model("t", layer("Hashing", "hash", "\"num_bins\": 9", "item"), table("t", 9, 4, "hash"));
    ModelDefinition<KerasGraphParams> after = grown(before);
    assertThat(ModelGraph.tables(after)).isEmpty();
    assertThat(after.params()).isEqualTo(before.params());
    assertThat(lines)
        .containsExactly(
            "layer 't' (Embedding) does not grow with the feature 'item': its ids come from layer"
                + " 'hash' (Hashing)");
  }

  @Test
  void vectorsHaveNoPlaceForNewIds() {
    grown(model("v", layer("CategoryEncoding", "v", "\"num_tokens\": 30", "item")));
    assertThat(lines)
        .containsExactly(
            "layer 'v' (CategoryEncoding) does not grow with the feature 'item': its vectors have"
                + " no place for new ids");
  }

  @Test
  void aTableOfComputedIdsIsRefused() {
    assertThatThrownBy(
            () ->
                grown(
                    model(
                        "t",
                        function("__operators__.add", "next", "\"y\": 1", "item"),
                        table("t", ROWS + 1, 4, "next"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "layer 't' (Embedding) cannot grow with the feature 'item': its ids come from layer"
                + " 'next' (TFOpLambda), expected those of the feature");
  }

  @Test
  void aTableInsideAnotherLayerIsRefused() {
    String wrapped =
        "\"layer\": {\"class_name\": \"Embedding\", \"config\": {\"name\": \"t\", \"input_dim\":"
            + " 30, \"output_dim\": 4}}";
    assertThatThrownBy(() -> grown(model("w", layer("TimeDistributed", "w", wrapped, "item"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "layer 'w' (TimeDistributed) cannot grow with the feature 'item': only an Embedding or"
                + " EmbedReduce grows");
  }

  @Test
  void firstValuesThatDependOnTheNumberOfRowsAreSaid() {
    String config =
        "\"input_dim\": 30, \"output_dim\": 4, \"embeddings_initializer\": {\"class_name\":"
            + " \"GlorotUniform\", \"config\": {}}";
    grown(model("t", layer("Embedding", "t", config, "item")));
    assertThat(lines)
        .containsExactly(
            "layer 't' (Embedding): the first values of new rows depend on the number of rows, with"
                + " the initializer GlorotUniform");
  }

  @Test
  void modelsOfTheLibraryGrowInAllTables() {
    ModelDefinition<PepNetParams> before = SmallModel.definition(SmallModel.withLinearLogits());
    ModelDefinition<PepNetParams> after =
        ModelGraph.grown(before, ImmutableMap.of("item", 15, "history", 15), lines::add);
    assertThat(after.params()).isEqualTo(before.params());
    assertThat(ModelGraph.tables(after))
        .containsExactlyInAnyOrder(
            of("embedding/user", 7, "user"),
            ofWidth("embedding/scene", 3, 2, "scene"),
            of("embedding/item", 15, "item", "history"),
            ofWidth("linear/user", 7, 1, "user"),
            ofWidth("linear/item", 15, 1, "item", "history"));
    assertThat(lines).isEmpty();
  }
}
