package io.scenerank.variable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.TestTables;
import io.scenerank.testing.TestGraph;
import io.scenerank.testing.TestLayers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** Variables by the names that they have outside the graph: the store, reading, writing, saving. */
class WeightsTest {
  private final TestGraph graph = new TestGraph();
  private final WeightStore store = graph.store(3);
  @TempDir Path folder;

  @BeforeEach
  void build() {
    new TestTables(
        store.root().child("fused").child("embedding_2"),
        2,
        List.of(
            new TestTables.Table("embedding/user/embeddings", "user", 3, Initializer.UNIFORM),
            new TestTables.Table("embedding/item/embeddings", "item", 2, Initializer.UNIFORM)),
        0f,
        true);
    TestLayers.dense(store.root().child("dnn").child(0), 3, 2);
  }

  @AfterEach
  void close() {
    graph.close();
  }

  /** A value of its own for every element of every part. */
  private Map<String, FloatTensor> values(float begin) {
    Map<String, FloatTensor> values = new LinkedHashMap<>();
    float next = begin;
    for (Map.Entry<String, Weight.Part> part : store.parts().entrySet()) {
      float[] array = new float[(int) part.getValue().shape().size()];
      for (int i = 0; i < array.length; i++) {
        array[i] = next++;
      }
      values.put(part.getKey(), new FloatTensor(part.getValue().shape(), array));
    }
    return values;
  }

  private static void assertSame(
      Map<String, FloatTensor> actual, Map<String, FloatTensor> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    SoftAssertions.assertSoftly(
        softly ->
            expected.forEach(
                (path, value) -> {
                  softly.assertThat(actual.get(path).shape()).as(path).isEqualTo(value.shape());
                  softly.assertThat(actual.get(path).values()).as(path).isEqualTo(value.values());
                }));
  }

  @Test
  void storeListsPartsInOrderOfCreation() {
    assertThat(store.parts().keySet())
        .containsExactly(
            "embedding/user/embeddings", "embedding/item/embeddings", "dnn/0/kernel", "dnn/0/bias");
    assertThat(store.weights()).extracting(Weight::isFused).containsExactly(true, false, false);
  }

  @Test
  void pathThatIsTaken() {
    LayerScope scope = store.root().child("dnn").child(0);
    assertThatThrownBy(() -> scope.add("bias", Shape.of(2), Initializer.ZEROS, 0f))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("not exactly one variable at the path dnn/0/bias");
  }

  @Test
  void inferenceFormReadsTheSameVariables() {
    WeightStore inference = store.inference();
    TestLayers.dense(inference.root().child("dnn").child(0), 3, 2);
    assertThat(inference.weights()).containsExactlyElementsOf(store.weights().subList(1, 3));
    LayerScope other = inference.root().child("dnn").child(1);
    assertThatThrownBy(() -> TestLayers.dense(other, 3, 2))
        .as("the inference form makes no variables")
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("not exactly one variable at the path dnn/1/kernel");
  }

  @Test
  void l2HasNoHalf() {
    Weight weight =
        store.root().child("small").add("kernel", Shape.of(2), Initializer.constant(0f), 0.5f);
    assertThat(graph.values(weight.l2(graph.tf(), graph.constant(new float[] {1, -3}))))
        .containsExactly(5);
  }

  @Test
  void pathsMayHoldAnyCharacter() {
    Weight weight =
        store.root().child("ünï code").add("_käse", Shape.of(1), Initializer.constant(2f), 0f);
    assertThat(weight.path()).isEqualTo("ünï code/_käse");
    graph.initialize(store);
    assertThat(graph.values(weight.value())).containsExactly(2f);
  }

  @Test
  void pathsThatDifferOutsideAsciiAloneAreTwoVariables() {
    Weight click =
        store.root().child("点击").add("kernel", Shape.of(1), Initializer.constant(1f), 0f);
    Weight like = store.root().child("点赞").add("kernel", Shape.of(1), Initializer.constant(2f), 0f);
    graph.initialize(store);
    assertThat(graph.values(click.value())).containsExactly(1f);
    assertThat(graph.values(like.value())).containsExactly(2f);
  }

  @Test
  void whatIsAssignedIsRead() {
    WeightAccess access = new WeightAccess(graph.tf(), store.weights());
    access.assign(graph.session(), values(1));
    assertSame(access.read(graph.session()), values(1));
    access.assign(graph.session(), values(-50));
    assertSame(access.read(graph.session()), values(-50));
  }

  @Test
  void assigningNamesWhatIsMissingOrOfAnotherShape() {
    WeightAccess access = new WeightAccess(graph.tf(), store.weights());
    Map<String, FloatTensor> missing = values(1);
    missing.remove("embedding/item/embeddings");
    assertThatThrownBy(() -> access.assign(graph.session(), missing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("variable embedding/item/embeddings: found nothing, expected the shape [2, 2]");
    Map<String, FloatTensor> transposed = values(1);
    transposed.put("dnn/0/kernel", new FloatTensor(Shape.of(2, 3), new float[6]));
    assertThatThrownBy(() -> access.assign(graph.session(), transposed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("variable dnn/0/kernel: found [2, 3], expected the shape [3, 2]");
  }

  @Test
  void floatTensorChecksItsSize() {
    assertThatThrownBy(() -> new FloatTensor(Shape.of(2, 3), new float[5]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("5 values for the shape [2, 3]");
  }

  @Test
  void whatIsSavedIsRestored() {
    WeightAccess access = new WeightAccess(graph.tf(), store.weights());
    WeightSaver saver = new WeightSaver(graph.tf(), store.weights());
    access.assign(graph.session(), values(1));
    saver.save(graph.session(), folder.resolve("model"));
    access.assign(graph.session(), values(100));
    saver.restore(graph.session(), folder.resolve("model"));
    assertSame(access.read(graph.session()), values(1));
    assertThat(folder.resolve("model.index")).exists();
    assertThat(folder.resolve("model.data-00000-of-00001")).exists();
  }

  @Test
  void checkpointNamesTablesOneByOne() {
    WeightAccess access = new WeightAccess(graph.tf(), store.weights());
    WeightSaver saver = new WeightSaver(graph.tf(), store.weights());
    access.assign(graph.session(), values(1));
    saver.save(graph.session(), folder.resolve("model"));

    Map<String, FloatTensor> inBundle = new LinkedHashMap<>();
    store.parts().keySet().forEach(path -> inBundle.put(path, readFromBundle(path)));
    assertSame(inBundle, values(1));
    assertThatThrownBy(() -> readFromBundle("fused/embedding_2"))
        .as("that tables are fused is nobody's business")
        .hasMessageContaining("fused/embedding_2 not found in checkpoint");
  }

  private FloatTensor readFromBundle(String name) {
    try (TestGraph other = new TestGraph()) {
      Ops tf = other.tf();
      return other.run(
          tf.train
              .restore(
                  tf.constant(folder.resolve("model").toString()),
                  tf.array(name),
                  tf.array(""),
                  List.of(TFloat32.class))
              .tensors()
              .get(0)
              .asOutput()
              .expect(TFloat32.class));
    }
  }

  @Test
  void restoringFusesTablesOfAnotherCheckpoint() {
    Ops tf = graph.tf();
    Map<String, FloatTensor> values = values(7);
    String[] names = values.keySet().toArray(String[]::new);
    graph.run(
        tf.train.save(
            tf.constant(folder.resolve("theirs").toString()),
            tf.array(names),
            tf.array("", "", "", ""),
            values.values().stream()
                .<org.tensorflow.Operand<?>>map(
                    value ->
                        tf.reshape(
                            tf.constant(value.values()), tf.constant(value.shape().asArray())))
                .toList()));
    WeightAccess access = new WeightAccess(tf, store.weights());
    new WeightSaver(tf, store.weights()).restore(graph.session(), folder.resolve("theirs"));
    assertSame(access.read(graph.session()), values);
  }

  @Test
  void saverDefNamesOpsThatExist() {
    SaverDef def = new WeightSaver(graph.tf(), store.weights()).toSaverDef();
    assertThat(graph.graph().operation(def.getRestoreOpName())).isNotNull();
    assertThat(def.getFilenameTensorName()).isEqualTo("save/filename:0");
    assertThat(graph.graph().outputOrThrow(def.getSaveTensorName()).type())
        .isEqualTo(TString.class);
  }

  @Test
  void partsCutsATensorOfTheVariablesShape() {
    Weight table = store.weights().get(0);
    ImmutableMap<String, FloatTensor> parts =
        WeightAccess.parts(
            table, new FloatTensor(Shape.of(5, 2), new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    assertThat(parts.get("embedding/user/embeddings").values()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(parts.get("embedding/item/embeddings").values()).containsExactly(6, 7, 8, 9);
  }
}
