package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.ColumnType;
import io.scenerank.feature.Combiner;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.testing.SceneModels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** For all columns and parameters: the model that is read of a model is that model. */
class DefinitionPropertyTest {
  private static final ImmutableList<String> GROUPS =
      ImmutableList.of("dnn", "mmoe", "epnet", "pepnet", "domain", "user", "linear");
  private static final ImmutableList<String> ACTIVATIONS =
      ImmutableList.of("relu", "leaky_relu", "sigmoid", "tanh", "linear", "prelu", "dice");

  private final DefinitionReader reader = new DefinitionReader(Models.standard());

  /** Draws of one definition. */
  private record Draw(Random random, int generation) {
    boolean flag() {
      return random.nextBoolean();
    }

    int upTo(int most) {
      return 1 + random.nextInt(most);
    }

    <T> T oneOf(List<T> values) {
      return values.get(random.nextInt(values.size()));
    }

    String units() {
      List<Integer> units = new ArrayList<>();
      for (int i = upTo(3); i > 0; i--) {
        units.add(upTo(9));
      }
      return units.toString();
    }

    ImmutableList<FeatureColumn> columns() {
      ImmutableList.Builder<FeatureColumn> columns = ImmutableList.builder();
      // Every group has a column.
      columns.add(FeatureColumn.sparse("all", 5, 3, GROUPS.toArray(new String[0])));
      for (int i = upTo(7); i > 0; i--) {
        columns.add(column("c" + i));
      }
      List<FeatureColumn> shuffled = new ArrayList<>(columns.build());
      Collections.shuffle(shuffled, random);
      return ImmutableList.copyOf(shuffled);
    }

    private FeatureColumn column(String name) {
      // No model of the registry reads texts.
      ColumnType type =
          oneOf(List.of(ColumnType.SPARSE, ColumnType.VARLEN_SPARSE, ColumnType.DENSE));
      String[] groups = GROUPS.stream().filter(group -> flag()).toArray(String[]::new);
      if (type == ColumnType.DENSE) {
        return FeatureColumn.dense(name, upTo(3), groups);
      }
      boolean sequence = type == ColumnType.VARLEN_SPARSE;
      // What the columns of a table have in common follows from its number.
      int table = upTo(4);
      return new FeatureColumn(
          name,
          "t" + table,
          table,
          4 + table,
          ImmutableList.copyOf(groups),
          type,
          sequence ? upTo(4) : 1,
          1,
          sequence
              ? oneOf(
                  List.of(
                      ImmutableSet.of(Combiner.MEAN),
                      ImmutableSet.of(Combiner.MHA),
                      ImmutableSet.of(Combiner.MEAN, Combiner.MHA)))
              : ImmutableSet.of(),
          sequence && flag(),
          table == 2 ? 0.01f : 0f,
          table == 3 ? "zeros" : "uniform",
          table != 4);
    }

    ModelDefinition<?> definition() {
      return switch (random.nextInt(5)) {
        case 0 ->
            of(
                Models.PEPNET,
                "pepnet_dnn_units: %s, pepnet_activation: %s, linear_logits: %s",
                units(),
                oneOf(ACTIVATIONS),
                flag());
        case 1 ->
            of(
                Models.APG,
                "apg_dnn_units: %s, activation: %s, use_uv_shared: %s, l2_on_apg: %s,"
                    + " linear_logits: %s, %s",
                units(),
                oneOf(ACTIVATIONS),
                flag(),
                flag(),
                flag(),
                oneOf(
                    List.of(
                        "apg_strategy: group",
                        "apg_strategy: self",
                        "apg_strategy: mix, apg_condition: [all, all]")));
        case 2 ->
            of(
                Models.M2M,
                "num_experts: %d, meta_unit_shared: %s, positon_agg_func: %s,"
                    + " pos_emb_trainable: %s, linear_logits: %s, activation: %s,"
                    + " attention_masking: keras%d",
                upTo(3),
                flag(),
                oneOf(List.of("concat", "sum")),
                flag(),
                flag(),
                oneOf(ACTIVATIONS),
                generation);
        case 3 ->
            of(
                Models.MMOE,
                "expert_nums: %d, expert_dnn_units: %s, gate_dnn_units: %s",
                upTo(3),
                units(),
                units());
        default ->
            of(
                Models.SHARED_BOTTOM,
                "bottom_groups: %s, bottom_dnn_units: %s, bottom_out_active: %s, use_bn: %s,"
                    + " linear_logits: %s, activation: %s",
                oneOf(List.of("[dnn]", "[dnn, domain]")),
                units(),
                flag(),
                flag(),
                flag(),
                oneOf(ACTIVATIONS));
      };
    }

    private <P extends ModelParams> ModelDefinition<P> of(
        ModelType<P> type, String params, Object... values) {
      return new ModelDefinition<>(
          type, SceneModels.params(type, "{" + String.format(params, values) + "}"), columns());
    }
  }

  @Property(tries = 300)
  void aModelIsReadAsItself(@ForAll long seed, @ForAll boolean keras3) {
    int generation = keras3 ? 3 : 2;
    ModelDefinition<?> definition = new Draw(new Random(seed), generation).definition();
    FunctionalModel model = FunctionalModel.of(definition, generation);
    ModelDefinition<?> read = reader.read(model, "f");
    assertThat(FunctionalModel.of(read, generation)).isEqualTo(model);
    assertThat(read.columns())
        .extracting(FeatureColumn::name)
        .containsExactlyInAnyOrderElementsOf(
            definition.columns().stream().map(FeatureColumn::name).toList());
  }
}
