package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Iterables;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.train.Loss.LossWeights;
import io.scenerank.train.TrainingGraph.StepMetrics;
import io.scenerank.train.optimizer.Gradients;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.train.optimizer.StepUpdates;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What a training step computes behind the forward pass: the loss, its gradients and the updates.
 *
 * @param loss before the update, with regularisers; scalar
 * @param gradientNorm Euclidean norm of the gradients of all variables of the model together
 * @param update waits for all updates
 * @param slots the optimizer's variables
 * @param balance the weights of the losses, where they are learned
 */
record TrainingStep(
    Operand<TFloat32> loss,
    Operand<TFloat32> gradientNorm,
    Op update,
    WeightStore slots,
    Optional<LossBalance> balance) {

  /**
   * Adds a step to a graph.
   *
   * @param model in the training form
   * @param labels [B, T] or [B, 2T]
   * @param step number of steps before this one, scalar
   * @param rate learning rate, scalar
   */
  static TrainingStep build(
      Graph graph,
      Ops tf,
      ModelDefinition<?> definition,
      TrainingConfig config,
      Seeds seeds,
      ModelGraph model,
      Operand<TFloat32> labels,
      Operand<TInt32> step,
      Operand<TFloat32> rate) {
    WeightStore store = model.store();
    LossBuilder losses = new LossBuilder(tf, config, definition.targets(), store);
    config.lossWeights().requireTasks(definition.params().taskNames());
    Optional<LossBalance> balance =
        config.lossWeights().areLearned()
            ? Optional.of(
                balance(
                    graph,
                    tf,
                    definition,
                    config.lossWeights(),
                    seeds,
                    losses.ofTasks(model, labels),
                    store))
            : Optional.empty();
    Operand<TFloat32> differentiated =
        balance.isPresent()
            ? losses.differentiated(balance.get().loss())
            : losses.differentiated(model, labels);
    Gradients gradients = Gradients.of(graph, tf, differentiated, store);
    WeightStore slots = store.beside(seeds);
    Operand<TFloat32> stepNumber =
        tf.math.add(tf.dtypes.cast(step, TFloat32.class), tf.constant(1f));
    StepUpdates updates =
        StepUpdates.of(
            tf,
            config.updateRule(),
            List.of(gradients),
            balance.map(LossBalance::gradients).orElse(ImmutableMap.of()),
            home -> new OptimizerContext(home.on(tf), slots, rate, stepNumber));
    Operand<TFloat32> norm = updates.norm();
    Operand<TFloat32> loss = updates.addRegularisers(tf, differentiated);
    Op update =
        tf.withControlDependencies(
                Iterables.concat(
                    store.updates(),
                    updates.ops().values(),
                    store.constrain(updates.ops().values()),
                    balance.map(LossBalance::updates).orElse(ImmutableList.of())))
            .noOp();
    return new TrainingStep(loss, norm, update, slots, balance);
  }

  private static LossBalance balance(
      Graph graph,
      Ops tf,
      ModelDefinition<?> definition,
      LossWeights method,
      Seeds seeds,
      LossBuilder.OfTasks losses,
      WeightStore store) {
    WeightStore variables = store.beside(seeds);
    if (method instanceof LossWeights.GradNorm gradnorm) {
      ImmutableList<Weight> shared = shared(definition, gradnorm, store);
      return new GradNormBalance(
          tf,
          variables,
          gradnorm,
          losses,
          tf.stack(
              losses.each().stream()
                  .map(loss -> Gradients.norm(graph, tf, loss, shared))
                  .toList()));
    }
    ImmutableList<String> tasks = definition.params().taskNames();
    float[] first = new float[tasks.size()];
    for (int i = 0; i < first.length; i++) {
      first[i] = method.first(tasks.get(i), definition.targets().of(tasks.get(i)).type());
    }
    return new UncertaintyBalance(tf, variables, losses, first);
  }

  /** The variables that the norms of gradients are taken of. */
  private static ImmutableList<Weight> shared(
      ModelDefinition<?> definition, LossWeights.GradNorm gradnorm, WeightStore store) {
    ModelGraph.SharedLayers layers = ModelGraph.sharedLayers(definition);
    ImmutableList<Weight> found =
        layers.variables(Optional.ofNullable(gradnorm.layer())).stream()
            .flatMap(path -> store.find(path).stream())
            .filter(weight -> weight.trainable() && !weight.isFused())
            .collect(ImmutableList.toImmutableList());
    if (found.isEmpty()) {
      throw new InvalidInputException(
          gradnorm.layer() == null
              ? "training.loss_weights is gradnorm, but the tasks share no layer with a kernel whose"
                  + " gradients could be compared; expected uncertainty or fixed weights"
              : "training.loss_weights.layer is '"
                  + gradnorm.layer()
                  + "', which is not a layer that all tasks share"
                  + SpellingHint.hint(gradnorm.layer(), layers.names()));
    }
    return found;
  }

  /**
   * What is fetched of a step.
   *
   * @param measured whether gradients and weights of losses are looked at
   */
  ImmutableList<Operand<TFloat32>> fetches(boolean measured) {
    ImmutableList.Builder<Operand<TFloat32>> fetches = ImmutableList.builder();
    fetches.add(loss);
    if (measured) {
      fetches.add(gradientNorm);
      balance.ifPresent(learned -> fetches.add(learned.factors()));
    }
    return fetches.build();
  }

  /** What {@link #fetches} came to. */
  StepMetrics metrics(Result result, boolean measured, ImmutableList<String> tasks) {
    return new StepMetrics(
        ((TFloat32) result.get(0)).getFloat(),
        measured
            ? OptionalDouble.of(((TFloat32) result.get(1)).getFloat())
            : OptionalDouble.empty(),
        measured && balance.isPresent()
            ? byTask((TFloat32) result.get(2), tasks)
            : ImmutableMap.of());
  }

  /** What the next step multiplies the losses by; empty where that is not learned. */
  ImmutableMap<String, Float> readWeights(Session session, ImmutableList<String> tasks) {
    if (balance.isEmpty()) {
      return ImmutableMap.of();
    }
    try (Result result = session.runner().fetch(balance.get().factors()).run()) {
      return byTask((TFloat32) result.get(0), tasks);
    }
  }

  private static ImmutableMap<String, Float> byTask(TFloat32 factors, ImmutableList<String> tasks) {
    ImmutableMap.Builder<String, Float> byTask = ImmutableMap.builder();
    for (int i = 0; i < tasks.size(); i++) {
      byTask.put(tasks.get(i), factors.getFloat(i));
    }
    return byTask.buildOrThrow();
  }

  /** The optimizer's variables that belong to the model's. */
  ImmutableList<Weight> modelSlots() {
    return slots.weights().stream()
        .filter(slot -> !isOfBalance(slot))
        .collect(ImmutableList.toImmutableList());
  }

  /** The optimizer's variables that belong to those of the losses' weights. */
  ImmutableList<Weight> balanceSlots() {
    return slots.weights().stream()
        .filter(this::isOfBalance)
        .collect(ImmutableList.toImmutableList());
  }

  private boolean isOfBalance(Weight slot) {
    return balance.filter(learned -> learned.hasSlot(slot)).isPresent();
  }

  /** The variables of the losses' weights. */
  ImmutableList<Weight> balanceVariables() {
    return balance.map(learned -> learned.variables().weights()).orElse(ImmutableList.of());
  }

  /** The ops that give these variables their first values. */
  ImmutableList<Op> balanceInitializers() {
    return balance.map(learned -> learned.variables().initializers()).orElse(ImmutableList.of());
  }
}
