package io.scenerank.model;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.ColumnType;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.layer.FusedTables;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.ModelReader;
import io.scenerank.layer.base.BuiltModel;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.KerasTypes;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * A model of any layers, as Keras wrote it: its inputs are columns, its outputs tasks.
 *
 * <p>Source: Keras' functional and sequential models.
 */
public final class KerasGraph implements RankingModel {
  /** The name in configurations. */
  public static final String NAME = "keras";

  private final Functional model;
  private final KerasGraphParams params;
  private final LayerScope scope;
  private Optional<LayerTree> tree = Optional.empty();
  private ImmutableMap<String, Operand<TFloat32>> scores = ImmutableMap.of();

  private KerasGraph(LayerTypes types, KerasGraphParams params, LayerScope scope) {
    this.model = read(types, params);
    this.params = params;
    this.scope = scope;
  }

  /**
   * The registry's entry.
   *
   * @param types the layers that a model may have
   */
  public static ModelType<KerasGraphParams> type(LayerTypes types) {
    return ModelType.of(NAME, KerasGraphParams.class, KerasGraphParams::defaults, new Maker(types));
  }

  /** Makes models of these layers. */
  private record Maker(LayerTypes types) implements ModelType.Factory<KerasGraphParams> {
    @Override
    public RankingModel create(KerasGraphParams params, LayerScope scope, FeatureInputs inputs) {
      return new KerasGraph(types, params, scope);
    }
  }

  /** The layers that a definition's model may have: the library's, unless it is of this type. */
  public static LayerTypes typesOf(ModelDefinition<?> definition) {
    return definition.type().factory() instanceof Maker maker
        ? maker.types()
        : LayerTypes.standard();
  }

  /**
   * The model of some parameters.
   *
   * @throws InvalidInputException if it needs what is not computed here
   */
  public static Functional read(LayerTypes types, KerasGraphParams params) {
    String where = "model_params.keras_json";
    if (params.kerasJson().isEmpty()) {
      throw new InvalidInputException(where + " is missing, expected the JSON of a Keras model");
    }
    return ModelReader.read(
        types, new ConfigMapper().parsePython(params.kerasJson(), where), where);
  }

  @Override
  public ImmutableMap<String, Operand<TFloat32>> call(Ops tf, FeatureInputs inputs) {
    Structure<TensorRef> places = model.graph().inputs();
    Map<TensorRef, FeatureColumn> columns = new LinkedHashMap<>();
    ImmutableList<TensorRef> leaves = places.leaves();
    for (int i = 0; i < leaves.size(); i++) {
      columns.put(leaves.get(i), inputs.layout().columns().get(i));
    }
    Structure<MaskedTensor> values =
        places.map(ref -> value(tf, inputs, requireNonNull(columns.get(ref), ref.toString()), ref));
    BuiltModel built =
        BuiltModel.build(
            model,
            scope,
            tf,
            values,
            new FusedTables(model.graph(), scope, new PackedColumns(tf, inputs, columns)));
    this.tree = Optional.of(built.tree());
    return logits(tf, built.outputs().leaves());
  }

  /** Builds a model in a graph, and tells its layers and variables. */
  public static LayerTree tree(
      ModelDefinition<KerasGraphParams> definition,
      Ops tf,
      WeightStore store,
      FeatureInputs.Packed inputs) {
    FeatureInputs features = ModelGraph.features(definition, tf, store.root(), inputs);
    KerasGraph model = (KerasGraph) definition.create(store.root(), features);
    model.call(tf, features);
    return model.tree.orElseThrow();
  }

  @Override
  public ImmutableMap<String, Operand<TFloat32>> scores(
      Ops tf, ImmutableMap<String, Operand<TFloat32>> logits) {
    return scores;
  }

  /** What a sigmoid at the end was made of; of another output the output itself. */
  private ImmutableMap<String, Operand<TFloat32>> logits(
      Ops tf, ImmutableList<MaskedTensor> outputs) {
    if (outputs.size() != params.taskNames().size()) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "model_params.task_names: %d tasks for %d outputs",
              params.taskNames().size(),
              outputs.size()));
    }
    ImmutableMap.Builder<String, Operand<TFloat32>> logits = ImmutableMap.builder();
    ImmutableMap.Builder<String, Operand<TFloat32>> ends = ImmutableMap.builder();
    for (int i = 0; i < outputs.size(); i++) {
      String task = params.taskNames().get(i);
      Operand<? extends TType> output = outputs.get(i).value();
      ends.put(task, oneByRow(tf, output, task));
      boolean sigmoid = output.asOutput().op().type().equals("Sigmoid");
      logits.put(
          task,
          sigmoid
              ? oneByRow(tf, ((GraphOperation) output.asOutput().op()).input(0), task)
              : oneByRow(tf, output, task));
    }
    this.scores = ends.buildOrThrow();
    return logits.buildOrThrow();
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

  private MaskedTensor value(Ops tf, FeatureInputs inputs, FeatureColumn column, TensorRef ref) {
    InputLayer layer = (InputLayer) model.graph().layer(ref.layer());
    Operand<? extends TType> packed =
        column.type() == ColumnType.DENSE
            ? new ColumnInputs(tf, inputs.layout(), inputs.packed()).dense(column).value()
            : inputs.packed().ids(tf, places(inputs, column), inputs.layout().idWidth());
    Class<? extends TType> type = KerasTypes.of(layer.dtype()).orElseThrow();
    long[] shape = layer.shape().asArray();
    boolean flat = shape.length == 2;
    Operand<? extends TType> shaped =
        flat ? packed : tf.reshape(packed, tf.constant(shape)); // [B, width] → [B, …]
    return MaskedTensor.of(Casts.to(tf, shaped, type));
  }

  private static List<Integer> places(FeatureInputs inputs, FeatureColumn column) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < column.width(); i++) {
      places.add(inputs.layout().offset(column) + i);
    }
    return places;
  }

  /** The packed input as the tables see it. */
  private record PackedColumns(Ops tf, FeatureInputs inputs, Map<TensorRef, FeatureColumn> columns)
      implements FusedTables.Columns {
    @Override
    public Optional<Integer> offset(TensorRef input) {
      return Optional.ofNullable(columns.get(input))
          .filter(FeatureColumn::isCategorical)
          .map(column -> inputs.layout().offset(column));
    }

    @Override
    public Operand<TInt32> ids(List<Integer> places) {
      return inputs.packed().ids(tf, places, inputs.layout().idWidth());
    }
  }
}
