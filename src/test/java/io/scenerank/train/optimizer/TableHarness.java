package io.scenerank.train.optimizer;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.TestTables;
import io.scenerank.testing.TestGraph;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.Placement;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightAccess;
import io.scenerank.variable.WeightStore;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Two tables in one variable and a dense variable, pulled towards targets: the loss is half the
 * squared distance of every row that is looked up from its target, and of the dense variable from
 * its own. Table {@code a} is looked up twice a row, so that its gradient comes from two gathers.
 */
final class TableHarness implements AutoCloseable {
  static final int ROWS_A = 5;
  static final int ROWS_B = 4;
  static final int DIM = 2;

  private final TestGraph graph = new TestGraph();
  private final Placeholder<TInt32> firstIds; // [B, 1] of a
  private final Placeholder<TInt32> secondIds; // [B, 2] of a and b
  private final Placeholder<TFloat32> targets; // [B, 3, D]
  private final Operand<TFloat32> loss;
  private final Op update;
  private final Gradients gradients;
  private final WeightAccess access;
  private final WeightAccess slots;

  TableHarness(OptimizerType type, float l2, float learningRate, boolean trainable) {
    this(type, l2, learningRate, trainable, Placement.local());
  }

  /**
   * @param placement where the variables live
   */
  TableHarness(
      OptimizerType type, float l2, float learningRate, boolean trainable, Placement placement) {
    Ops tf = graph.tf();
    WeightStore store = graph.store(11, placement);
    TestTables tables =
        new TestTables(
            store.root().child("fused"),
            DIM,
            List.of(
                new TestTables.Table("a", "a", ROWS_A, Initializer.UNIFORM),
                new TestTables.Table("b", "b", ROWS_B, Initializer.UNIFORM)),
            l2,
            trainable);
    Weight dense = store.root().add("dense", Shape.of(3), Initializer.constant(0.5f), 0f);
    this.firstIds = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, 1)));
    this.secondIds = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, 2)));
    this.targets = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3, DIM)));
    Operand<TFloat32> rows =
        tf.concat(
            List.of(
                tables.call(tf, firstIds, List.of("a")),
                tables.call(tf, secondIds, List.of("a", "b"))),
            tf.constant(1)); // [B, 3, D]
    Operand<TFloat32> data =
        tf.math.add(
            halfSquares(tf, tf.math.sub(rows, targets)),
            halfSquares(tf, tf.math.sub(dense.value(), tf.constant(new float[] {1, -1, 0.25f}))));
    this.gradients = Gradients.of(graph.graph(), tf, data, store);
    WeightStore slotStore = graph.store(11);
    StepUpdates updates =
        StepUpdates.of(
            tf,
            new StepUpdates.Rule(type, 0, 0),
            List.of(gradients),
            home ->
                new OptimizerContext(
                    home.on(tf),
                    slotStore,
                    tf.constant(learningRate),
                    tf.math.add(tf.dtypes.cast(graph.step(), TFloat32.class), tf.constant(1f))));
    this.loss = updates.addRegularisers(tf, data);
    this.update = tf.withControlDependencies(updates.ops().values()).noOp();
    this.access = new WeightAccess(tf, store.weights());
    this.slots = new WeightAccess(tf, slotStore.weights());
    graph.initialize(store, slotStore);
  }

  private static Operand<TFloat32> halfSquares(Ops tf, Operand<TFloat32> difference) {
    Operand<TFloat32> flat = tf.reshape(difference, tf.constant(new int[] {-1}));
    return tf.math.mul(tf.constant(0.5f), tf.reduceSum(tf.math.square(flat), tf.constant(0)));
  }

  /**
   * A batch.
   *
   * @param ids [B][3]: of a, of a, of b
   * @param targets [B][3][D]
   */
  record Step(int[][] ids, float[][][] targets) {}

  /** Runs a step, number 0 first, and returns its loss. */
  float step(int number, Step step) {
    int rows = step.ids().length;
    graph.setStep(number);
    graph.set(
        firstIds,
        TInt32.tensorOf(
            Shape.of(rows, 1),
            tensor ->
                tensor.scalars().forEachIndexed((at, v) -> v.setInt(step.ids()[(int) at[0]][0]))));
    graph.set(
        secondIds,
        TInt32.tensorOf(
            Shape.of(rows, 2),
            tensor ->
                tensor
                    .scalars()
                    .forEachIndexed(
                        (at, v) -> v.setInt(step.ids()[(int) at[0]][1 + (int) at[1]]))));
    graph.set(
        targets,
        TFloat32.tensorOf(
            Shape.of(rows, 3, DIM),
            tensor ->
                tensor
                    .scalars()
                    .forEachIndexed(
                        (at, v) ->
                            v.setFloat(step.targets()[(int) at[0]][(int) at[1]][(int) at[2]]))));
    return graph.run(loss, update).values()[0];
  }

  /** The tables {@code a} and {@code b} and {@code dense}. */
  Map<String, FloatTensor> weights() {
    return access.read(graph.session());
  }

  /** The slots by their names in a checkpoint. */
  Map<String, FloatTensor> slots() {
    return slots.read(graph.session());
  }

  ImmutableList<Weight> trainedTables() {
    return gradients.tables();
  }

  @Override
  public void close() {
    graph.close();
  }
}
