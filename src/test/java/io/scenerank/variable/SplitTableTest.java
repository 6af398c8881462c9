package io.scenerank.variable;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Floats;
import io.scenerank.layer.TestTables;
import io.scenerank.testing.Homes;
import io.scenerank.testing.TestGraph;
import io.scenerank.testing.TestLayers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * First values and checkpoints of tables that are split over shards: the same values as in one
 * piece, and the same files, whether tables are taken whole or by ranges of 36 values.
 */
@Tag("slow")
class SplitTableTest {
  private static final long SEED = 3;
  private static final long RANGES = 36;

  /** 0 for a table in one piece on the device of the graph's ops. */
  private static final List<Integer> SHARDS = List.of(0, 1, 2, 3, 5);

  @TempDir Path folder;

  /** Variables with their slots, as they are on some shards; 0 for in one piece. */
  private static final class Variables implements AutoCloseable {
    final TestGraph graph = new TestGraph();
    final ImmutableList<Weight> weights;
    final WeightAccess access;
    final long values;

    /**
     * @param values tables of more values are filled, saved and restored by ranges of so many
     */
    Variables(int shards, long values) {
      this.values = values;
      WeightStore store = shards == 0 ? graph.store(SEED) : graph.store(SEED, Homes.spread(shards));
      new TestTables(
          store.root().child("fused").child("embedding_3"),
          3,
          List.of(
              new TestTables.Table("item/embeddings", "item", 5, Initializer.constant(0.5f)),
              new TestTables.Table("user/embeddings", "user", 23, Initializer.UNIFORM),
              new TestTables.Table("none/embeddings", "none", 6, Initializer.ZEROS),
              new TestTables.Table("scene/embeddings", "scene", 2, Initializer.UNIFORM)),
          0f,
          true);
      new TestTables(
          store.root().child("fused").child("embedding_1"),
          1,
          List.of(new TestTables.Table("linear/user", "linear", 29, Initializer.UNIFORM)),
          0f,
          true);
      TestLayers.dense(store.root().child("dnn").child(0), 6, 2);
      WeightStore slots = graph.store(SEED);
      store.weights().forEach(weight -> addSlot(slots, weight));
      this.weights =
          ImmutableList.<Weight>builder().addAll(store.weights()).addAll(slots.weights()).build();
      this.access = new WeightAccess(graph.tf(), weights);
    }

    private static void addSlot(WeightStore slots, Weight weight) {
      ImmutableList.Builder<Weight.Part> parts = ImmutableList.builder();
      for (Weight.Part part : weight.parts()) {
        parts.add(
            new Weight.Part(
                "slot/" + part.path(), part.shape(), part.rowOffset(), Initializer.ZEROS));
      }
      slots.addBeside(weight, "slot/" + weight.path(), parts.build());
    }

    void initialize() {
      FirstValues firstValues = new FirstValues(graph.tf(), new Seeds(SEED), values);
      run(weights.stream().map(firstValues::assign).toList());
    }

    private void run(List<Op> ops) {
      graph.run(graph.tf().withControlDependencies(ops).noOp());
    }

    /** Gives every value another one, slots too, by the names that they have outside. */
    void change() {
      Ops tf = graph.tf();
      List<Op> changes = new ArrayList<>();
      for (Weight weight : weights) {
        float[] ramp = new float[Math.toIntExact(weight.shape().size())];
        for (int i = 0; i < ramp.length; i++) {
          ramp[i] = weight.path().length() + 1f / (3 + i);
        }
        Operand<TFloat32> value =
            tf.reshape(tf.constant(ramp), tf.constant(weight.shape().asArray()));
        changes.add(weight.rows().assign(tf, value));
      }
      run(changes);
    }

    Map<String, List<Float>> read() {
      Map<String, List<Float>> read = new TreeMap<>();
      access
          .read(graph.session())
          .forEach((path, value) -> read.put(path, Floats.asList(value.values())));
      return read;
    }

    @Override
    public void close() {
      graph.close();
    }
  }

  private static Map<String, List<Float>> firstValues(int shards, long values) {
    try (Variables variables = new Variables(shards, values)) {
      variables.initialize();
      return variables.read();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void firstValuesAreThoseOfTheTableInOnePiece(int shards) {
    Map<String, List<Float>> expected = firstValues(0, RowRange.VALUES);
    assertThat(firstValues(shards, RowRange.VALUES)).as("whole").isEqualTo(expected);
    assertThat(firstValues(shards, RANGES)).as("by ranges").isEqualTo(expected);
    assertThat(expected.get("user/embeddings").stream().distinct()).hasSizeGreaterThan(60);
  }

  /** A checkpoint and the values that were saved. */
  private record Saved(String name, Path prefix, Map<String, List<Float>> values) {}

  private Saved save(int shards, long values) {
    String name = shards + " shards by ranges of " + values;
    Path prefix = folder.resolve(name.replace(' ', '-'));
    try (Variables variables = new Variables(shards, values)) {
      variables.initialize();
      variables.change();
      saver(variables).save(variables.graph.session(), prefix);
      return new Saved(name, prefix, variables.read());
    }
  }

  private static CheckpointSaver saver(Variables variables) {
    return new CheckpointSaver(variables.graph.tf(), variables.weights, variables.values);
  }

  @Test
  void aCheckpointOfSomeShardsGoesIntoOthers() {
    List<Saved> checkpoints = new ArrayList<>();
    for (int shards : SHARDS) {
      checkpoints.add(save(shards, RANGES));
      checkpoints.add(save(shards, RowRange.VALUES));
    }
    assertThat(checkpoints.stream().map(Saved::values).distinct()).hasSize(1);
    for (int shards : SHARDS) {
      requireRestores(shards, RANGES, checkpoints);
      requireRestores(shards, RowRange.VALUES, checkpoints);
    }
  }

  private static void requireRestores(int shards, long values, List<Saved> checkpoints) {
    try (Variables variables = new Variables(shards, values)) {
      FirstValues first = new FirstValues(variables.graph.tf(), new Seeds(SEED), values);
      List<Op> anew = variables.weights.stream().map(first::assign).toList();
      CheckpointSaver saver = saver(variables);
      for (Saved saved : checkpoints) {
        variables.run(anew);
        assertThat(variables.read()).isNotEqualTo(saved.values());
        saver.restore(variables.graph.session(), saved.prefix());
        assertThat(variables.read())
            .as("%s, restored into %s shards by ranges of %s", saved.name(), shards, values)
            .isEqualTo(saved.values());
      }
    }
  }

  /** The values beyond the table in the last shards are unused and never saved. */
  @Test
  void rowsBeyondTheTableStayZero() {
    Saved saved = save(3, RANGES);
    try (Variables variables = new Variables(5, RANGES)) {
      variables.initialize();
      saver(variables).restore(variables.graph.session(), saved.prefix());
      Weight table = variables.weights.get(0);
      assertThat(table.shape()).isEqualTo(Shape.of(36, 3));
      List<Float> beyond = new ArrayList<>();
      for (int shard = 1; shard < 5; shard++) {
        Ops tf = variables.graph.tf();
        float[] values =
            variables.graph.values(
                tf.readVariableOp(table.shards().get(shard).handle(), TFloat32.class));
        beyond.addAll(Floats.asList(values).subList(7 * 3, 8 * 3));
      }
      assertThat(beyond).containsOnly(0f);
    }
  }

  /** What a person reads of the values by name, and writes, has no shards either. */
  @ParameterizedTest
  @CsvSource({"0,3", "3,0", "2,5"})
  void valuesByNameGoFromSomeShardsToOthers(int from, int to) {
    try (Variables one = new Variables(from, RANGES);
        Variables other = new Variables(to, RANGES)) {
      one.initialize();
      one.change();
      other.initialize();
      other.access.assign(other.graph.session(), one.access.read(one.graph.session()));
      assertThat(other.read()).isEqualTo(one.read());
    }
  }
}
