package io.scenerank.train;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.Targets;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.TaskType;
import io.scenerank.model.ModelGraph;
import io.scenerank.train.KerasLoss.TaskLosses;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The loss of a model: sum over tasks of weighted mean cross-entropy, and the regularisers. */
final class LossBuilder {
  private final Ops tf;
  private final TrainingConfig config;
  private final Targets targets;
  private final WeightStore store;

  /**
   * @param targets what the labels of the tasks are
   */
  LossBuilder(Ops tf, TrainingConfig config, Targets targets, WeightStore store) {
    this.tf = tf;
    this.config = config;
    this.targets = targets;
    this.store = store;
  }

  /**
   * The part of the loss that is differentiated by the graph: everything but the tables'
   * regularisers.
   *
   * @param model in the training form
   * @param labels [B, T], the tasks in the order of the logits; where rows count differently, [B,
   *     2T], the weights of the labels after them
   */
  Operand<TFloat32> differentiated(ModelGraph model, Operand<TFloat32> labels) {
    return differentiated(data(model, labels));
  }

  /**
   * The same.
   *
   * @param data the loss without regularisers, scalar
   */
  Operand<TFloat32> differentiated(Operand<TFloat32> data) {
    return sum(tf, withRegularisers(data));
  }

  /**
   * A worker's part of {@link #differentiated}: all workers' parts sum up to it.
   *
   * @param share its rows' part of all rows, scalar; with 0 its rows say nothing
   * @param regularised whether it is the worker that brings the regularisers
   */
  Operand<TFloat32> share(
      ModelGraph model, Operand<TFloat32> labels, Operand<TFloat32> share, boolean regularised) {
    Operand<TFloat32> data = tf.math.mul(data(model, labels), share);
    return regularised ? sum(tf, withRegularisers(data)) : data;
  }

  /** The terms of the loss with those of the variables that are no tables. */
  private List<Operand<TFloat32>> withRegularisers(Operand<TFloat32> data) {
    List<Operand<TFloat32>> terms = new ArrayList<>();
    terms.add(data);
    terms.addAll(store.regularisers(tf));
    return terms;
  }

  private Operand<TFloat32> data(ModelGraph model, Operand<TFloat32> labels) {
    return data(tf, config, targets, model.logits(), model.probabilities(), labels);
  }

  /** The loss without regularisers; learned weights are those of the first step. */
  static Operand<TFloat32> data(
      Ops tf,
      TrainingConfig config,
      Targets targets,
      ImmutableMap<String, Operand<TFloat32>> logits,
      Map<String, Operand<TFloat32>> scores,
      Operand<TFloat32> labels) {
    List<Operand<TFloat32>> terms = new ArrayList<>();
    for (int i = 0; i < logits.size(); i++) {
      String task = logits.keySet().asList().get(i);
      Operand<TFloat32> loss = ofTask(tf, config, targets, logits, scores, labels, i);
      float factor = config.lossWeights().first(task, targets.of(task).type());
      terms.add(factor == 1f ? loss : tf.math.mul(loss, tf.constant(factor)));
    }
    return sum(tf, terms);
  }

  /** The loss of a task, the number of which is given. */
  private static Operand<TFloat32> ofTask(
      Ops tf,
      TrainingConfig config,
      Targets targets,
      ImmutableMap<String, Operand<TFloat32>> logits,
      Map<String, Operand<TFloat32>> scores,
      Operand<TFloat32> labels,
      int number) {
    ImmutableList<String> tasks = logits.keySet().asList();
    String task = tasks.get(number);
    Operand<TFloat32> logit = requireNonNull(logits.get(task), task);
    Operand<TFloat32> score = requireNonNull(scores.get(task), task);
    Operand<TFloat32> label = column(tf, labels, number); // [B, 1]
    Loss form = form(config, task, targets.of(task));
    return targets.areWeighed(tasks)
        ? form.call(tf, logit, score, label, column(tf, labels, tasks.size() + number))
        : form.call(tf, logit, score, label);
  }

  /**
   * The losses of the tasks, each counted once.
   *
   * @param model in the training form
   * @param labels as those of {@link #differentiated}
   */
  OfTasks ofTasks(ModelGraph model, Operand<TFloat32> labels) {
    ImmutableList<String> tasks = model.logits().keySet().asList();
    boolean weighed = targets.areWeighed(tasks);
    List<Operand<TFloat32>> losses = new ArrayList<>();
    List<Operand<TFloat32>> weights = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      losses.add(ofTask(tf, config, targets, model.logits(), model.probabilities(), labels, i));
      weights.add(
          weighed
              ? tf.math.mean(column(tf, labels, tasks.size() + i), tf.constant(new int[] {0, 1}))
              : tf.constant(1f));
    }
    return new OfTasks(ImmutableList.copyOf(losses), tf.stack(losses), tf.stack(weights));
  }

  /**
   * The losses of a batch.
   *
   * @param each scalars
   * @param together [T]
   * @param weights mean weight of the batch's rows, [T]; 0 for a task without a label
   */
  record OfTasks(
      ImmutableList<Operand<TFloat32>> each,
      Operand<TFloat32> together,
      Operand<TFloat32> weights) {}

  private static Operand<TFloat32> column(Ops tf, Operand<TFloat32> labels, int column) {
    return tf.slice(labels, tf.constant(new int[] {0, column}), tf.constant(new int[] {-1, 1}));
  }

  private static Loss form(TrainingConfig config, String task, Target target) {
    return target.type() == TaskType.BINARY
        ? config.loss().ofTask(task)
        : TaskLosses.ofNumber(config.loss(), task, target);
  }

  private static Operand<TFloat32> sum(Ops tf, List<Operand<TFloat32>> terms) {
    return terms.size() == 1 ? terms.get(0) : tf.math.addN(terms);
  }
}
