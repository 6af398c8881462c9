package io.scenerank.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightAccess;
import io.scenerank.variable.WeightStore;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class FusedEmbeddingTest {
  private static final FusedEmbedding.Table USER =
      new FusedEmbedding.Table("embedding/user/embeddings", "user", 5, Initializer.UNIFORM);
  private static final FusedEmbedding.Table ITEM =
      new FusedEmbedding.Table("embedding/item/embeddings", "item", 7, Initializer.UNIFORM);
  private static final FusedEmbedding.Table SCENE =
      new FusedEmbedding.Table("embedding/scene/embeddings", "scene", 2, Initializer.ZEROS);

  private final TestGraph graph = new TestGraph();
  private final Ops tf = graph.tf();

  @AfterEach
  void close() {
    graph.close();
  }

  private FusedEmbedding fused(WeightStore store, String name, FusedEmbedding.Table... tables) {
    return new FusedEmbedding(
        store.root().child("fused").child(name), 3, List.of(tables), 0f, true);
  }

  private Operand<TInt32> ids(int[]... rows) {
    return tf.constant(rows);
  }

  @Test
  void sameRowsAsSeparateTables() {
    WeightStore store = graph.store(1);
    FusedEmbedding fused = fused(store, "all", USER, ITEM, SCENE);
    Operand<TFloat32> together =
        fused.call(
            tf,
            ids(new int[] {4, 6, 0, 1}, new int[] {0, 0, 6, 0}),
            List.of("user", "item", "item", "scene")); // [2, 4, 3]

    WeightStore apart = graph.store(1);
    Operand<TFloat32> user =
        fused(apart, "user", USER).call(tf, ids(new int[] {4}, new int[] {0}), List.of("user"));
    Operand<TFloat32> item =
        fused(apart, "item", ITEM)
            .call(tf, ids(new int[] {6, 0}, new int[] {0, 6}), List.of("item", "item"));
    Operand<TFloat32> scene =
        fused(apart, "scene", SCENE).call(tf, ids(new int[] {1}, new int[] {0}), List.of("scene"));
    graph.initialize(store, apart);

    FloatTensor rows = graph.run(together);
    assertThat(rows.shape()).isEqualTo(Shape.of(2, 4, 3));
    assertThat(rows)
        .usingRecursiveComparison()
        .isEqualTo(graph.run(tf.concat(List.of(user, item, scene), tf.constant(1))));
    assertThat(rows.values()).as("not all zero").contains(graph.values(user)[0]);
  }

  @Test
  void outsideTheGraphEveryTableKeepsItsNameAndShape() {
    WeightStore store = graph.store(1);
    fused(store, "all", USER, ITEM);
    assertThat(store.weights()).singleElement().satisfies(w -> assertThat(w.isFused()).isTrue());
    assertThat(store.weights().get(0).shape()).isEqualTo(Shape.of(12, 3));
    assertThat(store.parts().keySet())
        .containsExactly("embedding/user/embeddings", "embedding/item/embeddings");
    Weight.Part item = store.parts().get("embedding/item/embeddings");
    assertThat(item.shape()).isEqualTo(Shape.of(7, 3));
    assertThat(item.rowOffset()).isEqualTo(5);
  }

  @Test
  void firstValuesOfATableDoNotDependOnItsNeighbours() {
    WeightStore alone = graph.store(4);
    fused(alone, "item", ITEM);
    WeightStore together = graph.store(4);
    fused(together, "all", SCENE, USER, ITEM);
    WeightAccess aloneAccess = new WeightAccess(tf, alone.weights());
    WeightAccess togetherAccess = new WeightAccess(tf, together.weights());
    graph.initialize(alone, together);
    ImmutableMap<String, FloatTensor> values = togetherAccess.read(graph.session());
    assertThat(values.get(ITEM.path()).values())
        .isEqualTo(aloneAccess.read(graph.session()).get(ITEM.path()).values());
    assertThat(values.get(SCENE.path()).values()).containsOnly(0f);
    assertThat(values.get(USER.path()).values())
        .as("tables draw from seeds of their own")
        .doesNotContain(values.get(ITEM.path()).values()[0]);
  }

  @Test
  void gradientIsThatOfTheRowsThatWereRead() {
    WeightStore store = graph.store(1);
    FusedEmbedding fused = fused(store, "all", USER, ITEM);
    Operand<TFloat32> out =
        fused.call(tf, ids(new int[] {2, 3}, new int[] {2, 6}), List.of("user", "item"));
    WeightStore.Gathered gathered = store.gathered().get(0);
    Operand<TFloat32> weights =
        tf.reshape(
            tf.constant(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}),
            tf.constant(new int[] {2, 2, 3}));
    Operand<TFloat32> gradient =
        graph
            .graph()
            .addGradients(
                tf.math.mul(out, weights).asOutput(),
                new Output<?>[] {gathered.values().asOutput()})[0]
            .expect(TFloat32.class);
    graph.initialize(store);
    assertThat(graph.values(tf.dtypes.cast(gathered.rows(), TFloat32.class)))
        .as("rows of the fused table")
        .containsExactly(2, 5 + 3, 2, 5 + 6);
    FloatTensor rows = graph.run(gradient);
    assertThat(rows.shape()).as("no size of the table").isEqualTo(Shape.of(4, 3));
    assertThat(rows.values()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  }

  @Test
  void refusesMoreRowsThanAnInt32CanName() {
    LayerScope scope = graph.store(1).root().child("huge");
    FusedEmbedding.Table huge =
        new FusedEmbedding.Table("a", "a", Integer.MAX_VALUE, Initializer.ZEROS);
    FusedEmbedding.Table one = new FusedEmbedding.Table("b", "b", 1, Initializer.ZEROS);
    assertThatThrownBy(() -> new FusedEmbedding(scope, 3, List.of(huge, one), 0f, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tables of width 3 have 2147483648 rows in all, expected at most 2^31 - 1");
  }
}
