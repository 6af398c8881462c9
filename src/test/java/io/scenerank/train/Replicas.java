package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher.RangeReader;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSequence;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.train.optimizer.OptimizerFactory;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.DropoutDraws;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.LayerScope.Training;
import io.scenerank.variable.Placement;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.WeightAccess;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/** A {@link ReplicatedStep} in one process, whose workers are fed as a cluster's are. */
final class Replicas implements AutoCloseable {
  private static final String SLOTS = "optimizer/";

  private final Graph graph = new Graph();
  private final Session session;
  private final DropoutDraws.Sampler sampler;
  private final int dropoutWidth;
  private final ImmutableList<ReplicatedStep.Input> inputs;
  private final ReplicatedStep step;
  private final WeightAccess access;

  /** What a step came to. */
  record StepMetrics(float loss, float gradientNorm) {}

  /**
   * @param placement where the variables live
   */
  Replicas(
      ModelDefinition<?> definition,
      TrainingConfig config,
      long seed,
      Placement placement,
      int workers) {
    Ops tf = Ops.create(graph);
    DropoutDraws draws = draws(definition, seed);
    this.sampler = draws.sampler();
    this.dropoutWidth = draws.width();
    ImmutableList.Builder<ReplicatedStep.Input> all = ImmutableList.builder();
    for (int i = 0; i < workers; i++) {
      all.add(
          new ReplicatedStep.Input(
              tf,
              ModelGraph.placeholders(tf, definition.layout()),
              tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2))),
              tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar())),
              dropoutWidth == 0
                  ? Optional.empty()
                  : Optional.of(
                      tf.placeholder(TBool.class, Placeholder.shape(Shape.of(dropoutWidth, -1))))));
    }
    this.inputs = all.build();
    this.step = ReplicatedStep.build(graph, tf, definition, config, seed, placement, inputs);
    this.access = new WeightAccess(tf, step.stores().get(0).weights());
    List<Op> initializers = new ArrayList<>(step.stores().get(0).initializers());
    initializers.addAll(slotInitializers(tf, config.optimizer()));
    this.session = new Session(graph, Device.parse("cpu").sessionConfig(1));
    Session.Runner runner = session.runner();
    initializers.forEach(runner::addTarget);
    runner.run().close();
  }

  /** What a worker draws for: the dropout of the model, as its own graph of it has it. */
  private static DropoutDraws draws(ModelDefinition<?> definition, long seed) {
    try (Graph scratch = new Graph()) {
      Ops tf = Ops.create(scratch);
      DropoutDraws draws = new DropoutDraws(tf);
      Placeholder<TInt32> step = tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
      WeightStore store =
          new WeightStore(
              scratch,
              tf,
              new Seeds(seed),
              Optional.of(new Training(step, Optional.empty(), Optional.of(draws))));
      ModelGraph.build(definition, tf, store, ModelGraph.placeholders(tf, definition.layout()));
      return draws;
    }
  }

  /** In a cluster these are the chief's, in a graph of its own with the same variables. */
  private List<Op> slotInitializers(Ops tf, OptimizerFactory type) {
    float first = type == OptimizerType.ADAGRAD ? 0.1f : 0f;
    List<Op> all = new ArrayList<>();
    for (NodeDef node : graph.toGraphDef().getNodeList()) {
      if (node.getOp().equals(VarHandleOp.OP_NAME) && node.getName().startsWith(SLOTS)) {
        int[] shape =
            node.getAttrOrThrow("shape").getShape().getDimList().stream()
                .mapToLong(TensorShapeProto.Dim::getSize)
                .mapToInt(Math::toIntExact)
                .toArray();
        all.add(
            tf.assignVariableOp(
                graph.operation(node.getName()).output(0),
                tf.fill(tf.constant(shape), tf.constant(first))));
      }
    }
    return all;
  }

  /**
   * Runs a step with all rows as its batch, of which the workers take even shares; an empty share
   * is the first row, which does not count.
   *
   * @param number of steps before it
   */
  StepMetrics step(ModelDefinition<?> definition, PackedRows rows, int number, float rate) {
    List<Tensor> fed = new ArrayList<>();
    try (RangeReader reader = reader(definition, rows);
        TFloat64 pace = new ReplicatedStep.Pace(number, rate, rows.size()).tensor()) {
      Session.Runner runner = session.runner().feed(step.pace(), pace);
      for (int worker = 0; worker < inputs.size(); worker++) {
        int begin = worker * rows.size() / inputs.size();
        int size = (worker + 1) * rows.size() / inputs.size() - begin;
        int first = size == 0 ? 0 : begin;
        feed(runner, fed, inputs.get(worker), reader.read(first, Math.max(1, size)), size);
        feedDropout(runner, fed, inputs.get(worker), number, first, Math.max(1, size));
      }
      step.updates().forEach(runner::addTarget);
      runner.fetch(step.loss()).fetch(step.gradientNorm());
      try (Result result = runner.run()) {
        return new StepMetrics(
            ((TFloat32) result.get(0)).getFloat(), ((TFloat32) result.get(1)).getFloat());
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private static void feed(
      Session.Runner runner, List<Tensor> fed, ReplicatedStep.Input input, Batch batch, int size) {
    TInt32 counted = TInt32.scalarOf(size);
    fed.add(batch.ids());
    batch.dense().ifPresent(fed::add);
    batch.labels().ifPresent(fed::add);
    fed.add(counted);
    input.inputs().feed(runner, batch.ids(), batch.dense());
    runner.feed(input.labels(), batch.labels().orElseThrow()).feed(input.rows(), counted);
  }

  private void feedDropout(
      Session.Runner runner,
      List<Tensor> fed,
      ReplicatedStep.Input input,
      int number,
      int first,
      int size) {
    if (input.kept().isPresent()) {
      Operand<TBool> kept = input.kept().get();
      TBool drawn = TBool.tensorOf(Shape.of(dropoutWidth, size));
      sampler.draw(number, first, drawn);
      fed.add(drawn);
      runner.feed(kept, drawn);
    }
  }

  /** Reads a batch's rows by their numbers. */
  static RangeReader reader(ModelDefinition<?> definition, PackedRows rows) {
    return new RangeReader(
        rows,
        definition.layout(),
        definition.params().taskNames(),
        RowSequence.inOrder(rows.size()),
        rows.size());
  }

  /** Values of the variables by name. */
  Map<String, FloatTensor> read() {
    return access.read(session);
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
