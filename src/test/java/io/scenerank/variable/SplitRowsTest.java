package io.scenerank.variable;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Floats;
import io.scenerank.testing.Homes;
import io.scenerank.testing.TestGraph;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Rows of tables on one to five shards, against the same rows of an array. */
@Tag("slow")
class SplitRowsTest {

  /**
   * A table and some neighbouring rows of it.
   *
   * @param shards of them the table has as many
   * @param ids rows that are gathered
   */
  record Case(int shards, int rows, int width, int begin, int count, List<Integer> ids) {}

  @Provide
  Arbitrary<Case> cases() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 5),
            Arbitraries.integers().between(1, 23),
            Arbitraries.integers().between(1, 3))
        .flatAs(
            (shards, rows, width) ->
                Combinators.combine(
                        Arbitraries.integers().between(0, rows - 1),
                        Arbitraries.integers().between(0, rows - 1),
                        Arbitraries.integers().between(0, rows - 1).list().ofMaxSize(30))
                    .as(
                        (one, other, ids) ->
                            new Case(
                                shards,
                                rows,
                                width,
                                Math.min(one, other),
                                Math.abs(one - other) + 1,
                                ids)));
  }

  /** A table in a graph, whose values are 0, 1, 2, … in the order of its rows. */
  private static final class Table implements AutoCloseable {
    final TestGraph graph = new TestGraph();
    final Ops tf = graph.tf();
    final Case of;
    final Weight weight;
    final SplitRows rows;
    final float[][] expected;

    Table(Case of) {
      this.of = of;
      this.expected = new float[of.rows()][of.width()];
      float next = 0;
      for (float[] row : expected) {
        for (int i = 0; i < row.length; i++) {
          row[i] = next++;
        }
      }
      WeightStore store = graph.store(1, Homes.spread(of.shards()));
      ImmutableList<Weight.Part> parts =
          ImmutableList.of(
              new Weight.Part(
                  "user/embeddings", Shape.of(of.rows(), of.width()), 0, Initializer.UNIFORM));
      this.weight = store.add("fused", Shape.of(of.rows(), of.width()), parts, 0, true);
      this.rows = weight.rows();
      graph.run(rows.assign(tf, graph.constant(expected)));
    }

    List<Float> values(Operand<TFloat32> value) {
      return Floats.asList(graph.values(value));
    }

    void assertTable() {
      assertThat(values(rows.value(tf))).isEqualTo(flat(expected, 0, expected.length));
    }

    @Override
    public void close() {
      graph.close();
    }
  }

  private static List<Float> flat(float[][] rows, int begin, int count) {
    List<Float> values = new ArrayList<>();
    for (int row = begin; row < begin + count; row++) {
      values.addAll(Floats.asList(rows[row]));
    }
    return values;
  }

  @Property(tries = 60)
  void whatIsWrittenIsRead(@ForAll("cases") Case of) {
    try (Table table = new Table(of)) {
      assertThat(table.weight.shards()).hasSize(of.shards());
      table.assertTable();
      assertThat(table.values(table.weight.value()))
          .isEqualTo(flat(table.expected, 0, table.expected.length));
      Operand<TFloat32> range =
          table.rows.read(
              table.tf,
              of.begin(),
              of.count(),
              shard -> table.tf.readVariableOp(shard.handle(), TFloat32.class));
      assertThat(table.values(range)).isEqualTo(flat(table.expected, of.begin(), of.count()));
    }
  }

  @Property(tries = 60)
  void gatheredRowsComeInTheOrderOfTheirNumbers(@ForAll("cases") Case of) {
    try (Table table = new Table(of)) {
      int[] ids = of.ids().stream().mapToInt(Integer::intValue).toArray();
      List<Float> expected = new ArrayList<>();
      for (int id : ids) {
        expected.addAll(Floats.asList(table.expected[id]));
      }
      FloatTensor gathered = table.graph.run(table.rows.gather(table.tf, table.tf.constant(ids)));
      assertThat(gathered.shape()).isEqualTo(Shape.of(ids.length, of.width()));
      assertThat(Floats.asList(gathered.values())).isEqualTo(expected);
    }
  }

  @Property(tries = 60)
  void aRangeIsWrittenAndNothingBesides(@ForAll("cases") Case of) {
    try (Table table = new Table(of)) {
      float[][] values = new float[of.count()][of.width()];
      for (int i = 0; i < of.count(); i++) {
        for (int j = 0; j < of.width(); j++) {
          values[i][j] = -1 - i * of.width() - j;
        }
        table.expected[of.begin() + i] = values[i];
      }
      table.graph.run(
          table.rows.assign(table.tf, of.begin(), of.count(), table.graph.constant(values)));
      table.assertTable();
    }
  }

  @Property(tries = 60)
  void shardsAreOfOneSizeAndTheirLastRowsZeroWhereThereAreNone(@ForAll("cases") Case of) {
    try (Table table = new Table(of)) {
      RowSplit split = new RowSplit(of.shards());
      for (int shard = 0; shard < of.shards(); shard++) {
        List<Float> expected = new ArrayList<>();
        for (int row = shard; row < of.rows(); row += of.shards()) {
          expected.addAll(Floats.asList(table.expected[row]));
        }
        int size = (int) split.rowsOfShard(of.rows());
        while (expected.size() < size * of.width()) {
          expected.add(0f);
        }
        Weight.Shard of1 = table.weight.shards().get(shard);
        assertThat(of1.shape()).isEqualTo(Shape.of(size, of.width()));
        assertThat(table.values(table.tf.readVariableOp(of1.handle(), TFloat32.class)))
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void aTableOfFewerRowsThanShards() {
    try (Table table = new Table(new Case(5, 2, 3, 0, 2, List.of()))) {
      assertThat(table.weight.shards())
          .extracting(Weight.Shard::shape)
          .containsOnly(Shape.of(1, 3));
      table.assertTable();
    }
  }
}
