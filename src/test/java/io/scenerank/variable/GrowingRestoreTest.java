package io.scenerank.variable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableIntArray;
import io.scenerank.layer.TestTables;
import io.scenerank.testing.Homes;
import io.scenerank.testing.TestGraph;
import io.scenerank.testing.TestLayers;
import io.scenerank.variable.CheckpointSaver.Growth;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;

/** Checkpoints that are restored into tables with more rows, on any number of devices. */
@Tag("slow")
class GrowingRestoreTest {
  private static final long ALL = 1 << 20;
  private static final int WIDTH = 3;
  private static final String USERS = "user/embeddings";

  @TempDir private Path folder;

  /** Variables and their slots; of two tables of the fused one, users and items may be more. */
  private static final class Variables implements AutoCloseable {
    final TestGraph graph = new TestGraph();
    final ImmutableList<Weight> weights;
    final ImmutableMap<Weight, Weight> slots;
    final long values;

    Variables(int shards, int items, int users, long values) {
      this.values = values;
      WeightStore store = shards == 0 ? graph.store(3) : graph.store(3, Homes.spread(shards));
      new TestTables(
          store.root().child("fused").child("embedding_3"),
          WIDTH,
          List.of(
              new TestTables.Table("item/embeddings", "item", items, Initializer.normal(0, 1)),
              new TestTables.Table(USERS, "user", users, Initializer.UNIFORM),
              new TestTables.Table("scene/embeddings", "scene", 2, Initializer.UNIFORM)),
          0f,
          true);
      TestLayers.dense(store.root().child("dnn").child(0), 6, 2);
      WeightStore beside = graph.store(3);
      ImmutableMap.Builder<Weight, Weight> ofWeights = ImmutableMap.builder();
      store.weights().forEach(weight -> ofWeights.put(weight, slot(beside, weight)));
      this.slots = ofWeights.buildOrThrow();
      this.weights =
          ImmutableList.<Weight>builder().addAll(store.weights()).addAll(slots.values()).build();
      FirstValues firstValues = new FirstValues(graph.tf(), new Seeds(3), values);
      weights.forEach(weight -> graph.run(firstValues.assign(weight)));
    }

    private static Weight slot(WeightStore slots, Weight weight) {
      ImmutableList<Weight.Part> parts =
          weight.parts().stream()
              .map(
                  part ->
                      new Weight.Part(
                          "optimizer/m/" + part.path(),
                          part.shape(),
                          part.rowOffset(),
                          Initializer.constant(0.25f)))
              .collect(ImmutableList.toImmutableList());
      return slots.addBeside(weight, "optimizer/m/" + weight.path(), parts);
    }

    ImmutableMap<String, FloatTensor> read() {
      return new WeightAccess(graph.tf(), weights).read(graph.session());
    }

    /** Gives every value another one. */
    void train() {
      Ops tf = graph.tf();
      for (Weight weight : weights) {
        Op changed =
            weight
                .rows()
                .assign(tf, tf.math.add(tf.math.mul(weight.value(), tf.constant(3f)), one(tf)));
        graph.run(changed);
      }
    }

    private static org.tensorflow.Operand<org.tensorflow.types.TFloat32> one(Ops tf) {
      return tf.constant(1f);
    }

    void save(Path path) {
      new CheckpointSaver(graph.tf(), weights, values).save(graph.session(), path);
    }

    void restore(Path path, List<Growth> growths, Map<Weight, Weight> copies) {
      new GrowingRestore(graph.tf(), weights, growths, copies, values)
          .restore(graph.session(), path);
    }

    @Override
    public void close() {
      graph.close();
    }
  }

  private static List<Growth> growths(Growth... ofTables) {
    return Arrays.stream(ofTables)
        .flatMap(growth -> List.of(growth, growth.under("optimizer/m/")).stream())
        .toList();
  }

  private static float[] row(Map<String, FloatTensor> values, String path, int row) {
    return Arrays.copyOfRange(values.get(path).values(), row * WIDTH, (row + 1) * WIDTH);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0,12",
    "0,0,36",
    "1,2,36",
    "3,3,12",
    "2,5,36",
    "0,3," + ALL,
    "3,0," + ALL,
    "0,0," + ALL
  })
  void rowsAreKeptOrNewAndNothingElseChanges(int shards, int later, long values) {
    ImmutableIntArray fresh = ImmutableIntArray.of(0, 4, 11, 12, 22);
    Map<String, FloatTensor> saved;
    try (Variables before = new Variables(shards, 5, 23, values)) {
      before.train();
      saved = before.read();
      before.save(folder.resolve("model"));
    }
    try (Variables after = new Variables(later, 9, 31, values)) {
      Map<String, FloatTensor> first = after.read();
      after.restore(
          folder.resolve("model"),
          growths(
              new Growth("item", 5, 9, ImmutableIntArray.of()), new Growth("user", 23, 31, fresh)),
          Map.of());
      Map<String, FloatTensor> grown = after.read();
      for (String prefix : List.of("", "optimizer/m/")) {
        for (int row = 0; row < 9; row++) {
          assertThat(row(grown, prefix + "item/embeddings", row))
              .as("%sitem %s", prefix, row)
              .isEqualTo(row(row < 5 ? saved : first, prefix + "item/embeddings", row));
        }
        for (int row = 0; row < 31; row++) {
          boolean kept = row < 23 && !fresh.contains(row);
          assertThat(row(grown, prefix + USERS, row))
              .as("%suser %s", prefix, row)
              .isEqualTo(row(kept ? saved : first, prefix + USERS, row));
        }
      }
      Map<String, FloatTensor> others = new HashMap<>(saved);
      others.keySet().removeIf(path -> path.endsWith(USERS) || path.endsWith("item/embeddings"));
      assertThat(others).hasSize(6);
      others.forEach(
          (path, value) -> assertThat(grown.get(path).values()).as(path).isEqualTo(value.values()));
    }
  }

  @Test
  void rowsOfUsersAreTheSameHoweverManyThereAre() {
    try (Variables few = new Variables(0, 5, 23, 12);
        Variables many = new Variables(2, 9, 201, ALL)) {
      for (String table : List.of("item/embeddings", USERS)) {
        float[] some = few.read().get(table).values();
        assertThat(Arrays.copyOf(many.read().get(table).values(), some.length)).isEqualTo(some);
      }
    }
  }

  @Test
  void copiesOfNewRowsAreTheFirstValuesOfTheOther() {
    Map<String, FloatTensor> saved;
    try (Variables before = new Variables(0, 5, 23, 12)) {
      before.train();
      saved = before.read();
      before.save(folder.resolve("model"));
    }
    try (Variables after = new Variables(0, 5, 26, 12)) {
      Weight table = after.weights.get(0);
      after.restore(
          folder.resolve("model"),
          growths(new Growth("user", 23, 26, ImmutableIntArray.of(7))),
          Map.of(after.slots.get(table), table));
      Map<String, FloatTensor> grown = after.read();
      for (int row : new int[] {7, 23, 24, 25}) {
        assertThat(row(grown, "optimizer/m/" + USERS, row)).isEqualTo(row(grown, USERS, row));
      }
      assertThat(row(grown, "optimizer/m/" + USERS, 6))
          .isEqualTo(row(saved, "optimizer/m/" + USERS, 6));
    }
  }

  @Test
  void aTableOfAnotherNumberOfRowsThanWasSaidIsRefused() {
    for (long values : new long[] {12, ALL}) {
      try (Variables before = new Variables(0, 5, 23, values)) {
        before.save(folder.resolve("model"));
      }
      for (int said : new int[] {22, 24}) {
        try (Variables after = new Variables(0, 5, 31, values)) {
          assertThatThrownBy(
                  () ->
                      after.restore(
                          folder.resolve("model"),
                          growths(new Growth("user", said, 31, ImmutableIntArray.of())),
                          Map.of()))
              .as("%s rows in ranges of %s", said, values)
              .hasMessageContaining("hape");
        }
      }
    }
  }
}
