package io.scenerank.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Floats;
import io.scenerank.config.ConfigMapper;
import io.scenerank.feature.ColumnType;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.WeightAccess;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The inputs of the groups against rows that are put together by hand from the tables. */
@Tag("slow")
class FeatureInputsTest {
  /** A mean of three floats against the same in double. */
  private static final float ROUNDING = 1e-6f;

  private static final ImmutableList<FeatureColumn> COLUMNS =
      ImmutableList.of(
          FeatureColumn.sparse("user", 5, 4, "a"),
          FeatureColumn.dense("age", 1, "a", "linear"),
          FeatureColumn.sparse("item", 6, 4, "a", "b", "linear"),
          FeatureColumn.sequence("history", "item", 6, 4, 3, "a", "linear"),
          FeatureColumn.dense("vector", 2, "b", "linear"),
          FeatureColumn.sparse("wide", 4, 7, "a", "b"),
          FeatureColumn.sparse("twin", 5, 4, "b", "linear"),
          json(
              "{'name': 'unmasked', 'emb_name': 'item', 'vocab_size': 6, 'type':"
                  + " 'varlen_sparse', 'max_len': 2, 'mask_zero': false, 'group': ['b']}"),
          json("{'name': 'regular', 'vocab_size': 3, 'l2_reg': 0.1, 'group': ['a']}"),
          json("{'name': 'frozen', 'vocab_size': 3, 'trainable': false, 'group': ['a', 'b']}"),
          json(
              "{'name': 'attended', 'emb_name': 'item', 'vocab_size': 6, 'type':"
                  + " 'varlen_sparse', 'max_len': 2, 'combiner': 'mha', 'group': ['a', 'linear']}"),
          FeatureColumn.sparse("unread", 9, 4, "c"));

  private static final ImmutableMap<String, float[][]> ROWS =
      ImmutableMap.<String, float[][]>builder()
          .put("user", new float[][] {{4}, {0}})
          .put("age", new float[][] {{0.5f}, {-1}})
          .put("item", new float[][] {{5}, {1}})
          .put("history", new float[][] {{5, 1, 0}, {0, 0, 0}})
          .put("vector", new float[][] {{1, 2}, {3, 4}})
          .put("wide", new float[][] {{3}, {2}})
          .put("twin", new float[][] {{1}, {4}})
          .put("unmasked", new float[][] {{0, 3}, {2, 2}})
          .put("regular", new float[][] {{2}, {1}})
          .put("frozen", new float[][] {{0}, {2}})
          .put("attended", new float[][] {{1, 1}, {1, 1}})
          .put("unread", new float[][] {{8}, {8}})
          .buildOrThrow();

  private static FeatureColumn json(String text) {
    ConfigMapper mapper = new ConfigMapper();
    return mapper.convert(
        mapper.parse(text.replace('\'', '"'), "test"), FeatureColumn.class, "test");
  }

  @Provide
  Arbitrary<List<FeatureColumn>> orders() {
    return Arbitraries.shuffle(COLUMNS);
  }

  @Property(tries = 12)
  void groupsHoldTheirColumnsInTheOrderOfTheList(@ForAll("orders") List<FeatureColumn> columns) {
    Fed fed = feed(columns);
    for (String group : List.of("a", "b")) {
      List<FeatureColumn> read =
          columns.stream()
              .filter(column -> column.group().contains(group))
              .filter(column -> !column.name().equals("attended"))
              .toList();
      List<Float> expected = new ArrayList<>();
      for (int row = 0; row < 2; row++) {
        for (FeatureColumn column : read) {
          expected.addAll(expected(column, row, column.embDim(), "embedding", fed.tables));
        }
      }
      FloatTensor actual = fed.groups.get(group);
      assertThat(actual.shape()).isEqualTo(Shape.of(2, expected.size() / 2));
      assertThat(fed.widths.get(group)).isEqualTo(expected.size() / 2);
      assertClose(actual, expected, "group " + group + " of " + read);
    }
  }

  @Property(tries = 5)
  void linearLogitsSumTheirColumns(@ForAll("orders") List<FeatureColumn> columns) {
    Fed fed = feed(columns);
    List<Float> expected = new ArrayList<>();
    for (int row = 0; row < 2; row++) {
      double sum = fed.tables.get("linear_dense/bias").values()[0];
      int position = 0;
      for (FeatureColumn column : columns) {
        if (column.group().contains("linear") && column.isCategorical()) {
          sum +=
              column.name().equals("attended")
                  ? 0
                  : expected(column, row, 1, "linear", fed.tables).get(0);
        } else if (column.group().contains("linear")) {
          for (float value : ROWS.get(column.name())[row]) {
            sum += value * fed.tables.get("linear_dense/kernel").values()[position++];
          }
        }
      }
      expected.add((float) sum);
    }
    FloatTensor actual = fed.groups.get("linear");
    assertThat(actual.shape()).isEqualTo(Shape.of(2, 1));
    assertClose(actual, expected, "linear logits of " + columns);
  }

  @Example
  void columnsOfOneTableShareItAndUnreadOnesHaveNone() {
    assertThat(feed(COLUMNS).tables.keySet())
        .containsExactlyInAnyOrder(
            "embedding/user/embeddings",
            "embedding/item/embeddings",
            "embedding/wide/embeddings",
            "embedding/twin/embeddings",
            "embedding/regular/embeddings",
            "embedding/frozen/embeddings",
            "linear/item/embeddings",
            "linear/twin/embeddings",
            "linear_dense/kernel",
            "linear_dense/bias");
  }

  private static void assertClose(FloatTensor actual, List<Float> expected, String what) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.values()[i])
          .as("value %s of %s", i, what)
          .isCloseTo(expected.get(i), within(ROUNDING));
    }
  }

  private static List<Float> expected(
      FeatureColumn column, int row, int dim, String prefix, Map<String, FloatTensor> tables) {
    float[] values = ROWS.get(column.name())[row];
    if (column.type() == ColumnType.DENSE) {
      return Floats.asList(values);
    }
    float[] table = tables.get(prefix + "/" + column.embName() + "/embeddings").values();
    double[] sum = new double[dim];
    int count = 0;
    for (float id : values) {
      if (id != 0 || !column.maskZero()) {
        count++;
        for (int i = 0; i < dim; i++) {
          sum[i] += table[(int) id * dim + i];
        }
      }
    }
    List<Float> mean = new ArrayList<>();
    for (double value : sum) {
      mean.add((float) (value / Math.max(1, count)));
    }
    return mean;
  }

  private record Fed(
      Map<String, FloatTensor> tables,
      Map<String, FloatTensor> groups,
      Map<String, Integer> widths) {}

  private static Fed feed(List<FeatureColumn> columns) {
    PackedLayout layout = PackedLayout.of(columns);
    try (TestGraph graph = new TestGraph()) {
      FeatureInputs.Packed inputs = ModelGraph.placeholders(graph.tf(), layout);
      WeightStore store = graph.store(5);
      FeatureInputs features =
          new FeatureInputsBuilder(
                  graph.tf(),
                  store.root(),
                  layout,
                  ModelInputs.groups("a", "b").linearLogits(true),
                  inputs)
              .build();
      Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
      outputs.put("a", features.group("a"));
      outputs.put("b", features.group("b"));
      outputs.put("linear", features.linearLogits());
      WeightAccess access = new WeightAccess(graph.tf(), store.weights());
      graph.initialize(store);
      graph.set(
          inputs.ids().orElseThrow(),
          TInt32.tensorOf(Shape.of(2, layout.idWidth()), ids -> fill(layout, ids)));
      graph.set(
          inputs.dense().orElseThrow(),
          TFloat32.tensorOf(Shape.of(2, layout.denseWidth()), dense -> fill(layout, dense)));
      Map<String, FloatTensor> groups = new LinkedHashMap<>();
      outputs.forEach((group, output) -> groups.put(group, graph.run(output)));
      return new Fed(
          access.read(graph.session()),
          groups,
          ImmutableMap.of("a", features.width("a"), "b", features.width("b")));
    }
  }

  private static void fill(PackedLayout layout, TInt32 ids) {
    for (FeatureColumn column : layout.columns()) {
      for (int row = 0; row < 2 && column.isCategorical(); row++) {
        for (int i = 0; i < column.width(); i++) {
          ids.setInt((int) ROWS.get(column.name())[row][i], row, layout.offset(column) + i);
        }
      }
    }
  }

  private static void fill(PackedLayout layout, TFloat32 dense) {
    for (FeatureColumn column : layout.columns()) {
      for (int row = 0; row < 2 && !column.isCategorical(); row++) {
        dense
            .slice(
                org.tensorflow.ndarray.index.Indices.at(row),
                org.tensorflow.ndarray.index.Indices.range(
                    layout.offset(column), layout.offset(column) + column.width()))
            .set(NdArrays.vectorOf(ROWS.get(column.name())[row]));
      }
    }
  }
}
