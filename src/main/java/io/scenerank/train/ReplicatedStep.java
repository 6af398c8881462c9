package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.model.PackedInputs;
import io.scenerank.train.optimizer.Gradients;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.train.optimizer.StepUpdates;
import io.scenerank.variable.DropoutDraws;
import io.scenerank.variable.LayerScope.Training;
import io.scenerank.variable.Placement;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * A training step that one worker or several compute, each on rows of its own, and that updates
 * variables where they live. Several workers' gradients are those of all their rows together.
 *
 * <p>The result is the step of one process with the joined rows, except for the order of sums:
 * loss, regularisers (a table's, by rows, of the rows that any worker touches), the norm and what
 * is clipped by it, moments, and dropout, if each worker is given its rows of the decisions for
 * all. A share without rows says nothing. What looks at a whole batch is another matter: batch
 * normalisation and Dice normalise with the moments of a worker's own rows, so that with several
 * workers their models train by smaller batches' statistics, as is usual; the moving ones follow
 * the first worker's.
 *
 * @param loss of all rows before the update, with regularisers; scalar
 * @param gradientNorm Euclidean norm of all gradients together, before clipping; scalar
 * @param updates on each home one op that waits for the updates there
 * @param stores the variables as each worker reads them, and what it looks up
 * @param pace the {@link Pace} that is fed, [3]
 */
public record ReplicatedStep(
    Operand<TFloat32> loss,
    Operand<TFloat32> gradientNorm,
    ImmutableList<Op> updates,
    ImmutableList<WeightStore> stores,
    Placeholder<TFloat64> pace) {

  /**
   * What a worker works on.
   *
   * @param tf ops on the worker
   * @param rows how many of its rows count; with 0 the others say nothing
   * @param kept decisions of dropout; absent where ops of the graph draw them
   */
  public record Input(
      Ops tf,
      PackedInputs inputs,
      Operand<TFloat32> labels,
      Operand<TInt32> rows,
      Optional<Operand<TBool>> kept) {}

  /**
   * What a step is told. It is one vector, so that a device hears of it in one message, of doubles,
   * which have room for an int and for a float.
   *
   * @param step number of steps before this one
   * @param rate learning rate
   * @param rows rows of all workers together
   */
  public record Pace(int step, float rate, int rows) {
    /** As it is fed, [3]; the caller closes it. */
    public TFloat64 tensor() {
      return TFloat64.vectorOf(step, rate, rows);
    }
  }

  /** Name scope of the backward pass of a worker; its ops have no device. */
  public static String backward(int replica) {
    return "replica_" + replica + "_backward";
  }

  /**
   * Adds the step to a graph.
   *
   * @param own ops where what concerns all workers is computed
   * @param seed of the dropout layers
   */
  public static ReplicatedStep build(
      Graph graph,
      Ops own,
      ModelDefinition<?> definition,
      TrainingConfig config,
      long seed,
      Placement placement,
      List<Input> inputs) {
    return new Builder(graph, own, config).build(definition, seed, placement, inputs);
  }

  private static final class Builder {
    private final Graph graph;
    private final Ops own;
    private final TrainingConfig config;
    private final Placeholder<TFloat64> pace;
    private final List<Operand<TFloat32>> losses = new ArrayList<>();
    private final List<Gradients> gradients = new ArrayList<>();
    private final ImmutableList.Builder<WeightStore> stores = ImmutableList.builder();

    Builder(Graph graph, Ops own, TrainingConfig config) {
      this.graph = graph;
      this.own = own;
      this.config = config;
      this.pace = own.placeholder(TFloat64.class, Placeholder.shape(Shape.of(3)));
    }

    ReplicatedStep build(
        ModelDefinition<?> definition, long seed, Placement placement, List<Input> inputs) {
      config.lossWeights().requireFixed();
      Seeds seeds = new Seeds(seed);
      WeightStore store = new WeightStore(graph, own, seeds, Optional.empty(), placement);
      addVariables(definition, store);
      List<Op> moving = new ArrayList<>();
      for (Input input : inputs) {
        List<Op> updates = replica(definition, store, input, inputs.size());
        // Those of the first worker's rows, as one of several would make them.
        if (moving.isEmpty()) {
          moving.addAll(updates);
        }
      }
      WeightStore slots = store.beside(seeds);
      StepUpdates updates =
          StepUpdates.of(own, config.updateRule(), gradients, home -> context(home, slots));
      ImmutableList.Builder<Op> perHome = ImmutableList.builder();
      updates
          .ops()
          .asMap()
          .forEach((home, ops) -> perHome.add(home.on(own).withControlDependencies(ops).noOp()));
      moving.forEach(perHome::add);
      return new ReplicatedStep(
          own.math.addN(Stream.concat(losses.stream(), updates.regularisers().stream()).toList()),
          updates.norm(),
          perHome.build(),
          stores.build(),
          pace);
    }

    /** The model's variables, as the model itself asks for them in a graph of no further use. */
    private static void addVariables(ModelDefinition<?> definition, WeightStore store) {
      try (Graph scratch = new Graph()) {
        Ops tf = Ops.create(scratch);
        WeightStore like = new WeightStore(scratch, tf, new Seeds(0), Optional.empty());
        ModelGraph.build(definition, tf, like, ModelGraph.placeholders(tf, definition.layout()));
        store.addLike(like);
      }
    }

    /** Adds a worker's forward and backward pass; returns its updates of moving statistics. */
    private List<Op> replica(
        ModelDefinition<?> definition, WeightStore store, Input input, int workers) {
      Ops tf = input.tf();
      int number = gradients.size();
      Optional<DropoutDraws> draws = input.kept().map(DropoutDraws::new);
      WeightStore mine =
          store.replica(tf, new Training(step(tf, TInt32.class), Optional.empty(), draws));
      ModelGraph model = ModelGraph.build(definition, tf, mine, input.inputs());
      LossBuilder builder = new LossBuilder(tf, config, definition.targets(), mine);
      Operand<TFloat32> loss =
          workers == 1
              ? builder.differentiated(model, input.labels())
              : builder.share(model, input.labels(), share(input), number == 0);
      losses.add(loss);
      gradients.add(Gradients.of(graph, tf, loss, mine, Optional.of(backward(number))));
      stores.add(mine);
      return mine.updates();
    }

    /** The worker's part of all rows. */
    private Operand<TFloat32> share(Input input) {
      Ops tf = input.tf();
      return tf.math.div(tf.dtypes.cast(input.rows(), TFloat32.class), told(tf, 2, TFloat32.class));
    }

    private OptimizerContext context(Placement.VariableDevice home, WeightStore slots) {
      Ops tf = home.on(own);
      return new OptimizerContext(
          tf,
          slots,
          told(tf, 1, TFloat32.class),
          tf.math.add(step(tf, TFloat32.class), tf.constant(1f)));
    }

    private <T extends TNumber> Operand<T> step(Ops tf, Class<T> type) {
      return told(tf, 0, type);
    }

    /** A component of the pace, taken out on the device that reads it. */
    private <T extends TNumber> Operand<T> told(Ops tf, int component, Class<T> type) {
      Operand<TFloat64> value =
          tf.reshape(
              tf.slice(pace, tf.constant(new int[] {component}), tf.constant(new int[] {1})),
              tf.constant(new int[0])); // scalar
      return tf.dtypes.cast(value, type);
    }
  }
}
