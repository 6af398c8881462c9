package io.scenerank.testing;

import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.LayerScope.Training;
import io.scenerank.variable.Placement;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.WeightStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A graph and its session on one CPU thread, for tests of single layers and optimizers. */
public final class TestGraph implements AutoCloseable {
  private static final ConfigProto ONE_THREAD =
      ConfigProto.newBuilder()
          .setIntraOpParallelismThreads(1)
          .setInterOpParallelismThreads(1)
          .putDeviceCount("GPU", 0)
          .build();

  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Placeholder<TInt32> step =
      tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
  private final Session session = new Session(graph, ONE_THREAD);
  private final Map<Operand<?>, Tensor> feeds = new LinkedHashMap<>();

  public TestGraph() {
    setStep(0);
  }

  public Graph graph() {
    return graph;
  }

  public Ops tf() {
    return tf;
  }

  public Session session() {
    return session;
  }

  /** The number of the training step, fed by {@link #setStep}. */
  public Operand<TInt32> step() {
    return step;
  }

  /** A store in the inference form. */
  public WeightStore store(long seed) {
    return new WeightStore(graph, tf, new Seeds(seed), Optional.empty());
  }

  /** A store in the inference form whose variables live as a placement has it. */
  public WeightStore store(long seed, Placement placement) {
    return new WeightStore(graph, tf, new Seeds(seed), Optional.empty(), placement);
  }

  /** A store in the training form. */
  public WeightStore trainingStore(long seed) {
    return new WeightStore(
        graph, tf, new Seeds(seed), Optional.of(new Training(step, Optional.empty())));
  }

  /** Gives the variables their first values. */
  public void initialize(WeightStore... stores) {
    Session.Runner runner = session.runner();
    int ops = 0;
    for (WeightStore store : stores) {
      for (Op initializer : store.initializers()) {
        runner.addTarget(initializer);
        ops++;
      }
    }
    if (ops > 0) {
      runner.run().close();
    }
  }

  /** A constant of these rows. */
  public Operand<TFloat32> constant(float[]... rows) {
    return tf.constant(rows);
  }

  /** A float placeholder that every run feeds with this value until it is set again. */
  public Placeholder<TFloat32> input(FloatTensor value) {
    Placeholder<TFloat32> placeholder =
        tf.placeholder(TFloat32.class, Placeholder.shape(value.shape()));
    set(placeholder, value.toTensor());
    return placeholder;
  }

  /** Feeds every later run with this value, which the graph closes. */
  public void set(Operand<?> placeholder, Tensor value) {
    Tensor old = feeds.put(placeholder, value);
    if (old != null) {
      old.close();
    }
  }

  public void setStep(int number) {
    set(step, TInt32.scalarOf(number));
  }

  /**
   * Adds the gradients of a scalar.
   *
   * @return by {@code gradient of <name>}, in the order of the sources
   */
  public Map<String, Operand<TFloat32>> gradients(
      Operand<TFloat32> sum, Map<String, Operand<TFloat32>> sources) {
    Output<?>[] of = sources.values().stream().map(Operand::asOutput).toArray(Output<?>[]::new);
    Output<?>[] outputs = graph.addGradients(sum.asOutput(), of);
    Map<String, Operand<TFloat32>> gradients = new LinkedHashMap<>();
    int next = 0;
    for (String name : sources.keySet()) {
      gradients.put("gradient of " + name, outputs[next++].expect(TFloat32.class));
    }
    return gradients;
  }

  /** The value of a tensor. */
  public FloatTensor run(Operand<TFloat32> value) {
    try (Result result = runner().fetch(value).run()) {
      return FloatTensor.of((TFloat32) result.get(0));
    }
  }

  /** The values of tensors by name, of one run. */
  public Map<String, FloatTensor> run(Map<String, Operand<TFloat32>> operands) {
    Session.Runner runner = runner();
    operands.values().forEach(runner::fetch);
    Map<String, FloatTensor> values = new LinkedHashMap<>();
    try (Result result = runner.run()) {
      int next = 0;
      for (String name : operands.keySet()) {
        values.put(name, FloatTensor.of((TFloat32) result.get(next++)));
      }
    }
    return values;
  }

  /** The value of a tensor that is read in the same run as an op has its effect. */
  public FloatTensor run(Operand<TFloat32> value, Op op) {
    try (Result result = runner().addTarget(op).fetch(value).run()) {
      return FloatTensor.of((TFloat32) result.get(0));
    }
  }

  /** The values of a tensor, row by row. */
  public float[] values(Operand<TFloat32> value) {
    return run(value).values();
  }

  /** Runs an op for its effect. */
  public void run(Op op) {
    runner().addTarget(op).run().close();
  }

  private Session.Runner runner() {
    Session.Runner runner = session.runner();
    feeds.forEach(runner::feed);
    return runner;
  }

  @Override
  public void close() {
    feeds.values().forEach(Tensor::close);
    session.close();
    graph.close();
  }
}
