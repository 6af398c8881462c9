package io.scenerank.model;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.layer.ModelBuilder;
import io.scenerank.layer.Passes;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.Functional.BuiltModel;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.KerasTypes;
import io.scenerank.layer.base.Layer.LayerObserver;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Pass;
import io.scenerank.layer.base.Structure;
import io.scenerank.model.KerasGraph.KerasGraphParams;
import io.scenerank.variable.WeightStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * The layers of a model on packed inputs: each input of the model is a column, each output a task.
 */
final class LayeredModel {
  private final Functional model;
  private final PackedLayout layout;
  private final PackedInputs inputs;
  private final ImmutableList<String> tasks;
  private final ImmutableList<String> tensors;
  private final ImmutableMap<TensorRef, FeatureColumn> columns;

  /**
   * What the model ends in.
   *
   * @param logits [B, 1] of each task
   * @param scores [B, 1] of each task
   * @param tensors results of layers, by name
   */
  record Heads(
      ImmutableMap<String, Operand<TFloat32>> logits,
      ImmutableMap<String, Operand<TFloat32>> scores,
      ImmutableMap<String, Operand<? extends TType>> tensors) {}

  LayeredModel(ModelDefinition<?> definition, PackedInputs inputs) {
    this(definition, inputs, ImmutableList.of());
  }

  /**
   * @param tensors names of results of layers, as {@link NamedTensors} has them
   * @throws InvalidInputException naming one that there is not
   */
  LayeredModel(ModelDefinition<?> definition, PackedInputs inputs, List<String> tensors) {
    Functional functional = definition.functional();
    this.model =
        tensors.isEmpty() ? functional : new NamedTensors(definition, functional).with(tensors);
    this.tensors = ImmutableList.copyOf(tensors);
    this.layout = definition.layout();
    this.inputs = inputs;
    this.tasks = definition.params().taskNames();
    this.columns = columns(definition, model);
  }

  /** The columns of the inputs: those of their names, or in the order of the columns. */
  static ImmutableMap<TensorRef, FeatureColumn> columns(
      ModelDefinition<?> definition, Functional model) {
    ImmutableList<TensorRef> leaves = model.graph().inputs().leaves();
    ImmutableMap.Builder<TensorRef, FeatureColumn> found = ImmutableMap.builder();
    if (definition.params() instanceof KerasGraphParams) {
      for (int i = 0; i < leaves.size(); i++) {
        found.put(leaves.get(i), definition.columns().get(i));
      }
      return found.buildKeepingLast();
    }
    ImmutableMap<String, FeatureColumn> byName =
        Maps.uniqueIndex(definition.columns(), FeatureColumn::name);
    for (TensorRef leaf : leaves) {
      String name = ModelBuilder.inputName(leaf);
      found.put(leaf, requireNonNull(byName.get(name), name));
    }
    return found.buildOrThrow();
  }

  /** Adds the variables and the forward pass to a graph. */
  Heads build(Ops tf, WeightStore store, LayerObserver observer) {
    return build(
        tf,
        store,
        Passes.standard(
            model.graph(),
            store.root(),
            this::offset,
            places -> inputs.ids(tf, places, layout.idWidth())),
        observer);
  }

  /**
   * Adds the variables and the forward pass to a graph.
   *
   * @param passes compute some of the calls in another way
   */
  Heads build(Ops tf, WeightStore store, ImmutableList<Pass> passes, LayerObserver observer) {
    BuiltModel built = BuiltModel.build(model, store.root(), tf, values(tf), passes, observer);
    ImmutableMap<String, MaskedTensor> ends = ends(ownOutputs(built.outputs()));
    ImmutableMap.Builder<String, Operand<TFloat32>> logits = ImmutableMap.builder();
    ImmutableMap.Builder<String, Operand<TFloat32>> scores = ImmutableMap.builder();
    ends.forEach(
        (task, end) -> {
          scores.put(task, oneByRow(tf, end.value(), task));
          logits.put(task, oneByRow(tf, beforeSigmoid(end.value()), task));
        });
    return new Heads(logits.buildOrThrow(), scores.buildOrThrow(), tensors(built.outputs()));
  }

  /** The outputs that the model has without the tensors. */
  private Structure<MaskedTensor> ownOutputs(Structure<MaskedTensor> outputs) {
    return tensors.isEmpty() ? outputs : ((Structure.Items<MaskedTensor>) outputs).items().get(0);
  }

  private ImmutableMap<String, Operand<? extends TType>> tensors(Structure<MaskedTensor> outputs) {
    ImmutableMap.Builder<String, Operand<? extends TType>> values = ImmutableMap.builder();
    for (int i = 0; i < tensors.size(); i++) {
      ImmutableList<Structure<MaskedTensor>> items =
          ((Structure.Items<MaskedTensor>) outputs).items();
      values.put(tensors.get(i), ((Structure.Leaf<MaskedTensor>) items.get(i + 1)).value().value());
    }
    return values.buildOrThrow();
  }

  /** Adds the variables and the calls of the layers one by one, and tells what there is. */
  LayerTree tree(Ops tf, WeightStore store) {
    return BuiltModel.build(model, store.root(), tf, values(tf)).tree();
  }

  /** The outputs by task: those of their names, or in the order of the tasks. */
  private ImmutableMap<String, MaskedTensor> ends(Structure<MaskedTensor> outputs) {
    ImmutableMap<String, MaskedTensor> named = BuiltModel.named(outputs, "");
    if (named.keySet().containsAll(tasks)) {
      return Maps.toMap(tasks, task -> requireNonNull(named.get(task), task));
    }
    ImmutableList<MaskedTensor> leaves = outputs.leaves();
    if (leaves.size() != tasks.size()) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "model_params.task_names: %d tasks for %d outputs",
              tasks.size(),
              leaves.size()));
    }
    Map<String, MaskedTensor> ends = new LinkedHashMap<>();
    for (int i = 0; i < tasks.size(); i++) {
      ends.put(tasks.get(i), leaves.get(i));
    }
    return ImmutableMap.copyOf(ends);
  }

  /** What a sigmoid at the end is made of; of another output the output itself. */
  private static Operand<? extends TType> beforeSigmoid(Operand<? extends TType> output) {
    return output.asOutput().op().type().equals("Sigmoid")
        ? ((GraphOperation) output.asOutput().op()).input(0)
        : output;
  }

  /** [B, 1] or [B] → [B, 1]. */
  private static Operand<TFloat32> oneByRow(Ops tf, Operand<? extends TType> output, String task) {
    if (output.shape().tail().size() != 1) {
      throw new InvalidInputException(
          "output '"
              + task
              + "' of the model has the shape "
              + output.shape()
              + ", expected one value for each row");
    }
    Operand<TFloat32> floats = Casts.to(tf, output, TFloat32.class);
    return output.shape().numDimensions() == 2
        ? floats
        : tf.reshape(floats, tf.constant(new int[] {-1, 1}));
  }

  private Structure<MaskedTensor> values(Ops tf) {
    return model
        .graph()
        .inputs()
        .map(ref -> value(tf, requireNonNull(columns.get(ref), ref.toString()), ref));
  }

  private MaskedTensor value(Ops tf, FeatureColumn column, TensorRef ref) {
    InputLayer layer = (InputLayer) model.graph().layer(ref.layer());
    Operand<? extends TType> packed =
        switch (column.type()) {
          case DENSE -> inputs.dense(tf, layout, column);
          case TEXT -> requireNonNull(inputs.texts().get(column.name()), column.name());
          default -> inputs.ids(tf, places(column), layout.idWidth());
        };
    Class<? extends TType> type = KerasTypes.of(layer.dtype()).orElseThrow();
    long[] shape = layer.shape().asArray();
    boolean flat = shape.length == 2;
    Operand<? extends TType> shaped =
        flat ? packed : tf.reshape(packed, tf.constant(shape)); // [B, width] → [B, …]
    return MaskedTensor.of(column.isText() ? shaped : Casts.to(tf, shaped, type));
  }

  private List<Integer> places(FeatureColumn column) {
    int offset = layout.offset(column);
    return IntStream.range(offset, offset + column.width()).boxed().toList();
  }

  /** Number of an input's first id in a packed row; absent where it has no ids. */
  private Optional<Integer> offset(TensorRef input) {
    return Optional.ofNullable(columns.get(input))
        .filter(column -> column.isCategorical() && !column.isText())
        .map(layout::offset);
  }
}
