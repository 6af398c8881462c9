package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.scenerank.feature.PackedLayout;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer.LayerObserver;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.model.Observations.Gate;
import io.scenerank.variable.WeightStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * The forward pass of a model in a graph.
 *
 * @param inputs what is fed
 * @param logits [B, 1] for each task, in the order of the tasks
 * @param probabilities scores of the tasks, sigmoid of the logits
 * @param store the variables
 * @param tensors results of the layers that were requested, by name
 */
public record ModelGraph(
    PackedInputs inputs,
    ImmutableMap<String, Operand<TFloat32>> logits,
    ImmutableMap<String, Operand<TFloat32>> probabilities,
    WeightStore store,
    ImmutableMap<String, Operand<? extends TType>> tensors) {

  /** Adds a model's variables (to {@code store}) and its forward pass to a graph. */
  public static ModelGraph build(
      ModelDefinition<?> definition, Ops tf, WeightStore store, PackedInputs inputs) {
    return build(definition, tf, store, inputs, ImmutableList.of());
  }

  /**
   * The same, and tells the results of some layers.
   *
   * @param tensors names of layers; of a layer with several results, {@code layer[call][result]}
   * @throws io.scenerank.config.InvalidInputException naming a tensor that there is not, and those
   *     that there are
   */
  public static ModelGraph build(
      ModelDefinition<?> definition,
      Ops tf,
      WeightStore store,
      PackedInputs inputs,
      List<String> tensors) {
    LayeredModel.Heads heads =
        new LayeredModel(definition, inputs, tensors).build(tf, store, LayerObserver.NONE);
    return new ModelGraph(inputs, heads.logits(), heads.scores(), store, heads.tensors());
  }

  /** Adds to a graph what a model's gates do; the scores do not depend on these ops. */
  public static ImmutableList<Gate> gates(
      ModelDefinition<?> definition, Ops tf, WeightStore store, PackedInputs inputs) {
    Observations observed = new Observations(tf);
    new LayeredModel(definition, inputs).build(tf, store, observed);
    return definition.gates(observed);
  }

  /** The layers and variables of a model, whose variables are added to a graph. */
  public static LayerTree tree(
      ModelDefinition<?> definition, Ops tf, WeightStore store, PackedInputs inputs) {
    return new LayeredModel(definition, inputs).tree(tf, store);
  }

  /**
   * A table whose rows are ids of columns.
   *
   * @param layer path of the layer, below which its variables are
   * @param rows how many rows it has
   * @param width values of a row
   * @param columns names of the columns whose ids it looks up
   */
  public record Table(String layer, int rows, int width, ImmutableSet<String> columns) {}

  /** The tables of a model that look up ids of columns as they are. */
  public static ImmutableList<Table> tables(ModelDefinition<?> definition) {
    return IdFlow.readers(definition).stream()
        .filter(reader -> reader.isTable() && !reader.columns().isEmpty())
        .map(
            reader ->
                new Table(
                    reader.path().stream().map(BuildScope::pathOf).collect(Collectors.joining("/")),
                    reader.layer().config().integer("input_dim"),
                    reader.layer().config().integer("output_dim"),
                    reader.columns()))
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * The same model with more ids in some columns: the tables that look them up have more rows.
   *
   * @param sizes number of ids, by the names of the columns that grow
   * @param lines hears what does not grow
   * @throws io.scenerank.config.InvalidInputException naming a layer that would have to grow and
   *     cannot
   */
  public static <P extends ModelParams> ModelDefinition<P> grown(
      ModelDefinition<P> definition, ImmutableMap<String, Integer> sizes, Consumer<String> lines) {
    return new GrownModel<>(definition, sizes, lines).definition();
  }

  /**
   * Layers with variables that all tasks share.
   *
   * @param byLayer paths of the shared variables by the path of their layer
   * @param last the layers with kernels that no other shared kernel comes after
   */
  public record SharedLayers(
      ImmutableSetMultimap<String, String> byLayer, ImmutableSet<String> last) {
    /** Paths of the layers. */
    public ImmutableSet<String> names() {
      return byLayer.keySet();
    }

    /**
     * Paths of variables.
     *
     * @param layer path of a layer, or of one that these are inside of; empty for the last ones
     */
    public ImmutableSet<String> variables(Optional<String> layer) {
      return byLayer.entries().stream()
          .filter(
              entry ->
                  layer.isEmpty()
                      ? last.contains(entry.getKey())
                      : (entry.getKey() + "/").startsWith(layer.get() + "/"))
          .map(Map.Entry::getValue)
          .collect(ImmutableSet.toImmutableSet());
    }
  }

  /** The layers of a model whose variables all tasks share. */
  public static SharedLayers sharedLayers(ModelDefinition<?> definition) {
    SharedKernels.Found found =
        new SharedKernels(definition, tf -> placeholders(tf, definition.layout())).find();
    return new SharedLayers(found.byLayer(), found.last());
  }

  /** Placeholders for packed batches of this layout. */
  public static PackedInputs placeholders(Ops tf, PackedLayout layout) {
    PackedInputs inputs =
        new PackedInputs(
            layout.idWidth() == 0
                ? Optional.empty()
                : Optional.of(
                    tf.placeholder(
                        TInt32.class, Placeholder.shape(Shape.of(-1, layout.idWidth())))),
            layout.denseWidth() == 0
                ? Optional.empty()
                : Optional.of(
                    tf.placeholder(
                        TFloat32.class, Placeholder.shape(Shape.of(-1, layout.denseWidth())))));
    return inputs.withTextsOfIds(tf, layout);
  }
}
