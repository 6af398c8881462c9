package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Iterators;
import com.google.common.collect.Maps;
import io.scenerank.train.Checkpoints.Kept;
import io.scenerank.train.Checkpoints.TableGrowth;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.train.optimizer.OptimizerFactory;
import io.scenerank.variable.CheckpointSaver;
import io.scenerank.variable.CheckpointSaver.Growth;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Weight;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

/** A training graph's variables and its optimizer's slots in TensorFlow checkpoints. */
final class GraphCheckpoints {
  private final Ops tf;
  private final OptimizerFactory optimizer;
  private final ImmutableList<Weight> model;
  private final ImmutableList<Weight> slots;
  private final TrainingStep step;
  private final CheckpointSaver modelSaver;
  private final CheckpointSaver saver;

  /**
   * Adds the ops that save and restore.
   *
   * @param step whose variables go along
   */
  GraphCheckpoints(
      Ops tf, OptimizerFactory optimizer, ImmutableList<Weight> model, TrainingStep step) {
    this.tf = tf;
    this.optimizer = optimizer;
    this.model = model;
    this.slots = step.modelSlots();
    this.step = step;
    this.modelSaver = new CheckpointSaver(tf, model);
    this.saver = new CheckpointSaver(tf, variables(Kept.ALL));
  }

  /** The model's variables and what is kept besides. */
  private ImmutableList<Weight> variables(Kept kept) {
    ImmutableList.Builder<Weight> variables = ImmutableList.<Weight>builder().addAll(model);
    if (kept.slots()) {
      variables.addAll(slots);
    }
    if (kept.lossWeights()) {
      variables.addAll(step.balanceVariables());
    }
    if (kept.equals(Kept.ALL)) {
      variables.addAll(step.balanceSlots());
    }
    return variables.build();
  }

  /** Reads the model's variables and what is kept besides; the other ones stay as they are. */
  void restore(Session session, Path prefix, Kept kept) {
    boolean learned = step.balance().isPresent();
    if (kept.slots() && (kept.lossWeights() || !learned)) {
      saver.restore(session, prefix);
    } else if (!kept.slots() && (!kept.lossWeights() || !learned)) {
      modelSaver.restore(session, prefix);
    } else {
      new CheckpointSaver(tf, variables(kept)).restore(session, prefix);
    }
  }

  /** Without slots. */
  CheckpointSaver ofModel() {
    return modelSaver;
  }

  /** With slots. */
  CheckpointSaver ofTraining() {
    return saver;
  }

  /**
   * Reads a checkpoint of the model before its tables grew into variables with their first values.
   *
   * @param kept what is read besides the model's variables; the rest stays new
   */
  void restoreGrowing(Session session, Path prefix, List<TableGrowth> tables, Kept kept) {
    List<Growth> growths =
        tables.stream()
            .map(table -> new Growth(table.layer(), table.before(), table.rows(), table.fresh()))
            .toList();
    CheckpointSaver.restoreGrowing(
        tf,
        variables(kept),
        kept.slots() ? withSlots(growths) : growths,
        kept.slots() ? averages(growths) : ImmutableMap.of(),
        session,
        prefix);
  }

  /** A table's slots grow as it does. */
  private ImmutableList<Growth> withSlots(List<Growth> growths) {
    ImmutableList.Builder<Growth> grown = ImmutableList.<Growth>builder().addAll(growths);
    slots.stream()
        .flatMap(slot -> OptimizerContext.slotName(slot.path()).stream())
        .distinct()
        .map(name -> OptimizerContext.slotPath(name, ""))
        .forEach(prefix -> growths.forEach(growth -> grown.add(growth.under(prefix))));
    return grown.build();
  }

  /** Moving averages begin with the values of their variables, in Keras at its first step. */
  private ImmutableMap<Weight, Weight> averages(List<Growth> growths) {
    if (!(optimizer instanceof KerasOptimizer keras) || !keras.averages()) {
      return ImmutableMap.of();
    }
    Map<String, Weight> byPath = Maps.uniqueIndex(slots, Weight::path);
    ImmutableMap.Builder<Weight, Weight> averages = ImmutableMap.builder();
    for (Weight weight : model) {
      Weight average = byPath.get(KerasOptimizer.averageOf(weight.path()));
      if (average != null && growths.stream().anyMatch(growth -> growth.touches(weight))) {
        averages.put(average, weight);
      }
    }
    return averages.buildOrThrow();
  }

  /**
   * The rows of a table in a checkpoint, some at a time, without a graph of the model.
   *
   * @param path of the variable
   */
  static Iterator<float[]> rows(Path prefix, String path, int rows, int width) {
    return Iterators.transform(
        CheckpointSaver.tableRows(prefix, path, Shape.of(rows, width)), FloatTensor::values);
  }
}
