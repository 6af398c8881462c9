package io.scenerank.variable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Floats;
import io.scenerank.layer.TestTables;
import io.scenerank.testing.TestGraph;
import io.scenerank.testing.TestLayers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Variables that are filled, saved and restored a few rows at a time, here from 12 values on. */
class LargeTableTest {
  private static final long VALUES = 12;
  private static final int USERS = 23;
  private final TestGraph graph = new TestGraph();
  private final WeightStore store = graph.store(3);
  @TempDir Path folder;

  @BeforeEach
  void build() {
    build(store, USERS);
  }

  private static void build(WeightStore store, int users) {
    new TestTables(
        store.root().child("fused").child("embedding_3"),
        3,
        List.of(
            new TestTables.Table("item/embeddings", "item", 5, Initializer.constant(0.5f)),
            new TestTables.Table("user/embeddings", "user", users, Initializer.UNIFORM),
            new TestTables.Table("scene/embeddings", "scene", 2, Initializer.UNIFORM)),
        0f,
        true);
    new TestTables(
        store.root().child("fused").child("embedding_1"),
        1,
        List.of(new TestTables.Table("linear/user/embeddings", "linear", users, ramp())),
        0f,
        true);
    TestLayers.dense(store.root().child("dnn").child(0), 6, 2);
  }

  /** Not an initializer that knows how to make a few rows. */
  private static Initializer ramp() {
    return (tf, shape, seed) ->
        tf.reshape(
            tf.range(tf.constant(0f), tf.constant((float) shape.size()), tf.constant(1f)),
            tf.constant(shape.asArray()));
  }

  @AfterEach
  void close() {
    graph.close();
  }

  private ImmutableMap<String, FloatTensor> read() {
    return new WeightAccess(graph.tf(), store.weights()).read(graph.session());
  }

  private void fillByRanges() {
    FirstValues firstValues = new FirstValues(graph.tf(), new Seeds(3), VALUES);
    for (Weight weight : store.weights()) {
      graph.run(firstValues.assign(weight));
    }
  }

  private static void assertSame(
      Map<String, FloatTensor> actual, Map<String, FloatTensor> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (path, value) -> {
          assertThat(actual.get(path).shape()).as(path).isEqualTo(value.shape());
          assertThat(actual.get(path).values()).as(path).isEqualTo(value.values());
        });
  }

  /** Gathering turns on that every read copies a variable, as training does. */
  private void gatherAll() {
    for (Weight weight : store.weights()) {
      Ops tf = graph.tf();
      graph.run(tf.resourceGather(weight.handle(), tf.constant(new int[] {0}), TFloat32.class));
    }
  }

  private void scaleBy(float factor) {
    for (Weight weight : store.weights()) {
      Ops tf = graph.tf();
      graph.run(
          tf.assignVariableOp(weight.handle(), tf.math.mul(weight.value(), tf.constant(factor))));
    }
  }

  private CheckpointSaver saver() {
    return new CheckpointSaver(graph.tf(), store.weights(), VALUES);
  }

  @Test
  void tablesOfACheckpointAreReadWithoutVariables() {
    fillByRanges();
    Path prefix = folder.resolve("variables");
    saver().save(graph.session(), prefix);
    for (String part : List.of("user/embeddings", "item/embeddings", "linear/user/embeddings")) {
      FloatTensor whole = read().get(part);
      Iterator<FloatTensor> rows = new TableRows(prefix, part, whole.shape(), VALUES);
      List<Float> values = new ArrayList<>();
      rows.forEachRemaining(
          some -> {
            assertThat(some.values().length).isLessThanOrEqualTo((int) VALUES);
            values.addAll(Floats.asList(some.values()));
          });
      assertThat(values).as(part).isEqualTo(Floats.asList(whole.values()));
    }
  }

  @Test
  void rangesCoverEveryRowOnceInOrder() {
    Weight table = store.weights().get(0);
    assertThat(RowRange.isLarge(table, VALUES)).isTrue();
    ImmutableList<RowRange> ranges = RowRange.of(table, VALUES);
    assertThat(
            ranges.stream()
                .flatMapToLong(rows -> LongStream.range(rows.begin(), rows.begin() + rows.count())))
        .containsExactlyElementsOf(LongStream.range(0, 5 + USERS + 2).boxed().toList());
    assertThat(ranges).allMatch(rows -> rows.size() <= VALUES && rows.first() % 4 == 0);
    assertThat(ranges)
        .extracting(RowRange::slice)
        .startsWith("5 3 0,4:-", "5 3 4,1:-", "23 3 0,4:-")
        .endsWith("23 3 20,3:-", "");
  }

  @Test
  void aDenseKernelIsNeverLarge() {
    assertThat(store.weights())
        .extracting(weight -> RowRange.isLarge(weight, 1))
        .containsExactly(true, true, false, false);
  }

  @Test
  void rangesGiveTheSameFirstValues() {
    graph.initialize(store);
    ImmutableMap<String, FloatTensor> whole = read();
    scaleBy(2f);
    fillByRanges();
    assertSame(read(), whole);
  }

  @Test
  void whatIsSavedIsRestored() {
    fillByRanges();
    gatherAll();
    ImmutableMap<String, FloatTensor> values = read();
    CheckpointSaver saver = saver();
    saver.save(graph.session(), folder.resolve("model"));
    scaleBy(2f);
    gatherAll();
    saver.restore(graph.session(), folder.resolve("model"));
    assertSame(read(), values);
    assertThat(folder.resolve("model.index")).exists();
    assertThat(folder)
        .as("the files that became one checkpoint")
        .isDirectoryNotContaining("glob:**pieces*");
  }

  @Test
  void aTableTrainsOnAfterSaving() {
    fillByRanges();
    CheckpointSaver saver = saver();
    saver.save(graph.session(), folder.resolve("model"));
    Ops tf = graph.tf();
    Weight table = store.weights().get(0);
    Op update =
        tf.resourceScatterUpdate(
            table.handle(), tf.constant(new int[] {29}), graph.constant(new float[] {1, 2, 3}));
    graph.run(update);
    assertThat(read().get("scene/embeddings").values()).endsWith(1, 2, 3);
    saver.restore(graph.session(), folder.resolve("model"));
    assertThat(read().get("scene/embeddings").values()).doesNotContain(1, 2, 3);
  }

  @Test
  void slicesAreOneTensorToOtherReaders() {
    fillByRanges();
    saver().save(graph.session(), folder.resolve("model"));
    ImmutableMap<String, FloatTensor> values = read();
    scaleBy(2f);
    new WeightSaver(graph.tf(), store.weights()).restore(graph.session(), folder.resolve("model"));
    assertSame(read(), values);
  }

  @Test
  void tensorsThatWereSavedWholeAreRestoredByRanges() {
    fillByRanges();
    ImmutableMap<String, FloatTensor> values = read();
    new WeightSaver(graph.tf(), store.weights()).save(graph.session(), folder.resolve("model"));
    scaleBy(2f);
    saver().restore(graph.session(), folder.resolve("model"));
    assertSame(read(), values);
  }

  @Test
  void aTableOfAnotherSizeIsRefused() {
    fillByRanges();
    saver().save(graph.session(), folder.resolve("model"));
    for (int users : new int[] {USERS + 1, 4}) {
      try (TestGraph other = new TestGraph()) {
        WeightStore otherStore = other.store(3);
        build(otherStore, users);
        other.initialize(otherStore);
        CheckpointSaver saver = new CheckpointSaver(other.tf(), otherStore.weights(), VALUES);
        assertThatThrownBy(() -> saver.restore(other.session(), folder.resolve("model")))
            .as("%s users", users)
            .hasMessageContaining("shape");
      }
    }
  }

  @Test
  void smallVariablesAreOneFile() {
    graph.initialize(store);
    ImmutableMap<String, FloatTensor> values = read();
    CheckpointSaver saver = new CheckpointSaver(graph.tf(), store.weights());
    saver.save(graph.session(), folder.resolve("model"));
    scaleBy(2f);
    saver.restore(graph.session(), folder.resolve("model"));
    assertSame(read(), new LinkedHashMap<>(values));
    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder("model.index", "model.data-00000-of-00001");
  }
}
