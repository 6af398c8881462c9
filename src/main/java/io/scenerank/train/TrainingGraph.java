package io.scenerank.train;

import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.Batch;
import io.scenerank.data.PackedRows;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.model.Observations.Gate;
import io.scenerank.model.PackedInputs;
import io.scenerank.train.Checkpoints.Kept;
import io.scenerank.train.Checkpoints.TableGrowth;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.train.optimizer.OptimizerFactory;
import io.scenerank.variable.DropoutDraws;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.LayerScope.Training;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A model that trains: one graph with the training form (dropout, loss, gradients, updates) and the
 * inference form on the same variables, and the session that holds their values.
 */
public final class TrainingGraph implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session;
  private final PackedInputs inputs;
  private final Placeholder<TFloat32> labels;
  private final Placeholder<TInt32> step;
  private final Placeholder<TFloat32> learningRate;
  private final TrainingStep trained;
  private final ImmutableList<Operand<TFloat32>> probabilities;
  private final ImmutableList<String> tasks;
  private final WeightStore store;
  private final TrainingConfig config;
  private final DropoutFeed dropout;
  private final VariableSet weights;
  private final StateAccess state;
  private final GraphCheckpoints checkpoints;
  private final Supplier<GateReader> gates;

  /**
   * What a training graph is made of besides the model.
   *
   * @param config optimizer, loss and loss weights
   * @param seed seed of initialisers and dropout
   * @param device where it runs
   * @param threads threads of TensorFlow; 0 for one a core
   * @param replayedDropout for replays: first seed words of the dropout layers that drop, by path
   */
  public record Options(
      TrainingConfig config,
      long seed,
      Device device,
      int threads,
      Optional<ImmutableMap<String, Training.DropoutSeed>> replayedDropout) {

    /** These options with dropout seeds derived from the seed. */
    public static Options of(TrainingConfig config, long seed, Device device, int threads) {
      return new Options(config, seed, device, threads, Optional.empty());
    }
  }

  /** Builds the graph and gives the variables their first values. */
  public TrainingGraph(ModelDefinition<?> definition, Options options) {
    this(definition, options, TrainingRuntime.local(options.device(), options.threads()));
  }

  /**
   * @param site where the graph runs and its variables live
   */
  public TrainingGraph(ModelDefinition<?> definition, Options options, TrainingRuntime site) {
    this(definition, options, !options.device().usesGpu(), site);
  }

  /**
   * @param feedsDropout whether dropout's decisions are drawn outside of the graph, which is faster
   *     on a CPU and slower on a GPU; they are the same
   */
  TrainingGraph(
      ModelDefinition<?> definition, Options options, boolean feedsDropout, TrainingRuntime site) {
    this.config = options.config();
    try {
      Ops tf = site.own(Ops.create(graph));
      this.inputs = ModelGraph.placeholders(tf, definition.layout());
      this.labels =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, definition.labelWidth())));
      this.step = tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
      this.learningRate = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
      DropoutDraws draws = new DropoutDraws(tf);
      Optional<DropoutDraws> fed = feedsDropout ? Optional.of(draws) : Optional.empty();
      this.store =
          new WeightStore(
              graph,
              tf,
              new Seeds(options.seed()),
              Optional.of(new Training(step, options.replayedDropout(), fed)),
              site.placement());
      ModelGraph training = ModelGraph.build(definition, tf, store, inputs);
      this.dropout = new DropoutFeed(draws);
      ModelGraph inference = ModelGraph.build(definition, tf, store.inference(), inputs);
      this.probabilities = inference.probabilities().values().asList();
      this.tasks = inference.probabilities().keySet().asList();
      this.trained =
          TrainingStep.build(
              graph,
              tf,
              definition,
              config,
              new Seeds(options.seed()),
              training,
              labels,
              step,
              learningRate);
      ImmutableList<Op> freshSlots = trained.slots().initializers();
      List<Op> initializers = new ArrayList<>(store.initializers());
      initializers.addAll(freshSlots);
      initializers.addAll(trained.balanceInitializers());
      this.weights = VariableSet.ofModel(tf, store.weights());
      this.state = new StateAccess(tf, weights, optimizer(), trained.modelSlots(), freshSlots);
      this.checkpoints = new GraphCheckpoints(tf, optimizer(), store.weights(), trained);
      this.session = site.open(graph, store);
      this.gates =
          Suppliers.memoize(
              () ->
                  new GateReader(
                      definition,
                      inputs,
                      ModelGraph.gates(definition, tf, store.inference(), inputs),
                      session));
      InitialValues.give(session, initializers);
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  /**
   * What a step came to.
   *
   * @param loss loss before the update, with regularisers
   * @param gradientNorm Euclidean norm of all gradients together, regularisers' too, if it was
   *     requested
   * @param lossWeights what the losses were multiplied by, by task, if that was requested and is
   *     learned
   */
  public record StepMetrics(
      float loss, OptionalDouble gradientNorm, ImmutableMap<String, Float> lossWeights) {}

  /**
   * Runs one step as {@link #step(Batch, int, float)} does, with the same values for the variables.
   *
   * @param measured whether the gradients are measured; that takes a twentieth of a step
   */
  public StepMetrics step(Batch batch, int stepNumber, float rate, boolean measured) {
    try (Result result = run(batch, stepNumber, rate, trained.fetches(measured))) {
      return trained.metrics(result, measured, tasks);
    }
  }

  /**
   * Runs one step: forward, backward, update.
   *
   * @param batch packed inputs and labels; they stay the caller's to close
   * @param stepNumber number of steps before this one
   * @param rate learning rate of this step
   * @return the loss before the update, with regularisers
   */
  public float step(Batch batch, int stepNumber, float rate) {
    return step(batch, stepNumber, rate, false).loss();
  }

  private Result run(Batch batch, int stepNumber, float rate, List<Operand<TFloat32>> fetches) {
    try (TInt32 stepTensor = TInt32.scalarOf(stepNumber);
        TFloat32 rateTensor = TFloat32.scalarOf(rate)) {
      Session.Runner runner = feed(batch).addTarget(trained.update());
      fetches.forEach(runner::fetch);
      runner.feed(labels, batch.labels().orElseThrow());
      runner.feed(step, stepTensor).feed(learningRate, rateTensor);
      dropout.feed(runner, stepNumber, batch.size());
      return runner.run();
    }
  }

  /**
   * Scores a batch in the inference form.
   *
   * @param scores where they go, [task][row]
   * @param row row of the batch's first score
   */
  public void predict(Batch batch, float[][] scores, int row) {
    Session.Runner runner = feed(batch);
    probabilities.forEach(runner::fetch);
    try (Result result = runner.run()) {
      for (int task = 0; task < probabilities.size(); task++) {
        float[] values = FloatTensor.of((TFloat32) result.get(task)).values(); // [b, 1]
        System.arraycopy(values, 0, scores[task], row, values.length);
      }
    }
  }

  /**
   * Reads what the model's gates do, in the inference form. Its ops are added to the graph at the
   * first call, so that other trainings have none of them.
   *
   * @param rows n of them, with the columns and tasks of the model
   * @return one a gate, with values [n, k]; none for a model without gates
   * @throws InvalidInputException naming the column or task that the rows lack
   */
  public ImmutableList<GateValues> gates(PackedRows rows) {
    return gates.get().read(rows);
  }

  private Session.Runner feed(Batch batch) {
    return inputs.feed(session.runner(), batch.ids(), batch.dense(), batch.texts());
  }

  /** The op that waits for a step's updates; what it costs is what it depends on. */
  Op update() {
    return trained.update();
  }

  /** Number of values that training changes, embedding tables included. */
  public long trainableValues() {
    return store.weights().stream()
        .filter(Weight::trainable)
        .mapToLong(weight -> weight.shape().size())
        .sum();
  }

  /** What updates the variables. */
  public OptimizerFactory optimizer() {
    return config.optimizer();
  }

  /** How the losses of the tasks are weighted. */
  public Loss.LossWeights lossWeights() {
    return config.lossWeights();
  }

  /** What the next step multiplies the losses by, by task; empty where that is not learned. */
  public ImmutableMap<String, Float> learnedLossWeights() {
    return trained.readWeights(session, tasks);
  }

  /** Values of the model's variables by name. */
  public ImmutableMap<String, FloatTensor> read() {
    return weights.read(session);
  }

  /**
   * Replaces the values of the model's variables.
   *
   * @throws IllegalArgumentException if one is missing or of another shape
   */
  public void assign(Map<String, FloatTensor> values) {
    weights.assign(session, values);
  }

  /** Whether the model has a variable of this name. */
  boolean has(String path) {
    return weights.has(path);
  }

  /** Replaces rows of a table: their numbers, each once, [n], and their values, [n · D]. */
  void assignRows(String path, int[] rows, float[] values) {
    state.assignRows(session, path, rows, values);
  }

  /**
   * All that training continues with, out of the session.
   *
   * @param step finished steps
   */
  public TrainedState state(int step) {
    return state.read(session, step, learnedLossWeights());
  }

  /**
   * Takes over what {@link #state} gave, another graph's or an imported one. The next step to run
   * is the number {@code adam.step()}. Moments are for Adam, exact or lazy: another optimizer
   * leaves them. Where none are taken over, the optimizer begins again, its slots at their first
   * values.
   *
   * @throws InvalidInputException naming the variable that is missing, surplus or of another shape;
   *     nothing is written then
   */
  public void assign(TrainedState trained) {
    state.assign(session, trained);
  }

  /**
   * Ends a training: Keras' optimizers that keep moving averages of the variables ({@code use_ema})
   * leave these in their place, as {@code fit} does.
   */
  void finish() {
    if (optimizer() instanceof KerasOptimizer keras && keras.averages()) {
      ImmutableMap<String, FloatTensor> values = read();
      weights.assign(session, keras.finished(values, state(0).slots()));
    }
  }

  /** Writes the model's variables, without slots, as a TensorFlow checkpoint. */
  public void saveModel(Path prefix) {
    checkpoints.ofModel().save(session, prefix);
  }

  /** Writes the model's variables and the optimizer's slots as a TensorFlow checkpoint. */
  public void saveCheckpoint(Path prefix) {
    checkpoints.ofTraining().save(session, prefix);
  }

  /** Reads what {@link #saveCheckpoint} wrote. */
  public void restoreCheckpoint(Path prefix) {
    checkpoints.ofTraining().restore(session, prefix);
  }

  /** Reads a checkpoint's variables of the model and what is kept besides. */
  void restore(Path prefix, Kept kept) {
    checkpoints.restore(session, prefix, kept);
  }

  /**
   * Reads a checkpoint of the model before its tables grew into a new graph: new rows of tables and
   * slots keep their first values.
   *
   * @param kept what is read besides the model's variables
   */
  void restoreGrowing(Path prefix, ImmutableList<TableGrowth> tables, Kept kept) {
    checkpoints.restoreGrowing(session, prefix, tables, kept);
  }

  @Override
  public void close() {
    dropout.close();
    session.close();
    graph.close();
  }

  /**
   * What a gate does with some rows.
   *
   * @param name name of the gate
   * @param about what it does, in a line for people
   * @param kind how its values are to be read
   * @param parts names of its k values
   * @param values [n, k]
   */
  public record GateValues(
      String name, String about, Gate.Kind kind, ImmutableList<String> parts, FloatTensor values) {

    /** One part's value of a row. */
    public float value(int row, int part) {
      return values.values()[row * parts.size() + part];
    }

    /** One part's values, [n]. */
    public float[] part(int part) {
      float[] ofPart = new float[Math.toIntExact(values.shape().get(0))];
      for (int row = 0; row < ofPart.length; row++) {
        ofPart[row] = value(row, part);
      }
      return ofPart;
    }
  }
}
