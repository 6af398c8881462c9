package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.KerasTypes;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.Structure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/** What the inputs and outputs of a model are called, and the columns that its inputs read. */
final class GraphColumns {
  private static final Pattern TASK = Pattern.compile("task_(.+?)(?:_output)?");

  private final LayerGraph graph;
  private final ImmutableMap<String, Layer> layers;

  GraphColumns(Functional model) {
    this.graph = model.graph();
    this.layers = graph.byName();
  }

  /** Names of the inputs, in the order in which Keras flattens them. */
  ImmutableList<String> inputNames() {
    return names(graph.inputs());
  }

  /** Names of the outputs, in the order in which Keras flattens them. */
  ImmutableList<String> outputNames() {
    return names(graph.outputs()).stream().map(this::task).collect(ImmutableList.toImmutableList());
  }

  /**
   * The layer of a task's score is called after the task: {@code task_is_click}, of M2M {@code
   * task_is_click_output}.
   */
  private String task(String output) {
    Layer layer = layers.get(output);
    boolean scores = layer != null && layer.kerasClass().equals("PredictLayer");
    Matcher task = TASK.matcher(output);
    return scores && task.matches() ? task.group(1) : output;
  }

  /** A dict's tensors by their keys, others by their layers; a layer's second one is counted. */
  private static ImmutableList<String> names(Structure<TensorRef> structure) {
    Set<String> used = new LinkedHashSet<>();
    for (Structure.Named<TensorRef> tensor : structure.named()) {
      String name = tensor.name().isEmpty() ? tensor.value().layer() : tensor.name();
      String free = name;
      for (int i = 1; !used.add(free); i++) {
        free = name + "_" + i;
      }
    }
    return ImmutableList.copyOf(used);
  }

  /**
   * The columns of the inputs, in the order of their names.
   *
   * @throws InvalidInputException naming an input that no column can be
   */
  ImmutableList<FeatureColumn> columns() {
    ImmutableList<String> names = inputNames();
    ImmutableList<TensorRef> refs = graph.inputs().leaves();
    ImmutableList.Builder<FeatureColumn> columns = ImmutableList.builder();
    for (int i = 0; i < refs.size(); i++) {
      columns.add(column(names.get(i), refs.get(i)));
    }
    return columns.build();
  }

  private FeatureColumn column(String name, TensorRef ref) {
    InputLayer input = (InputLayer) requireNonNull(layers.get(ref.layer()), ref.layer());
    Class<? extends TType> type =
        KerasTypes.of(input.dtype())
            .orElseThrow(() -> input.config().wrong("dtype", "a type of Keras"));
    int width = width(name, input.shape());
    if (type == TString.class) {
      return FeatureColumn.text(name, width, Integer.MAX_VALUE);
    }
    if (KerasTypes.isFloat(type)) {
      return FeatureColumn.dense(name, width);
    }
    return ids(name, ref, width);
  }

  private static int width(String name, Shape shape) {
    long width = 1;
    for (int axis = 1; axis < shape.numDimensions(); axis++) {
      long size = shape.get(axis);
      if (size == Shape.UNKNOWN_SIZE) {
        throw new InvalidInputException(
            "input '"
                + name
                + "' has the shape "
                + shape
                + ", expected fixed sizes: a column has the same number of values in each row; set"
                + " the length of the longest rows in Input(shape) and pad the others");
      }
      width *= size;
    }
    return Math.toIntExact(width);
  }

  private FeatureColumn ids(String name, TensorRef ref, int width) {
    List<LayerConfig> tables = tables(ref);
    int rows =
        tables.stream()
            .mapToInt(table -> table.integer("input_dim"))
            .min()
            .orElse(Integer.MAX_VALUE);
    int dim = tables.isEmpty() ? 1 : tables.get(0).integer("output_dim");
    boolean maskZero = tables.stream().anyMatch(table -> table.flag("mask_zero"));
    return new FeatureColumn(
        name,
        name,
        dim,
        rows,
        ImmutableList.of(),
        width == 1 ? ColumnType.SPARSE : ColumnType.VARLEN_SPARSE,
        width,
        1,
        ImmutableSet.of(),
        width > 1 && maskZero,
        0f,
        "uniform",
        true,
        null);
  }

  /** The tables that look a tensor up, those in models inside the model among them. */
  private List<LayerConfig> tables(TensorRef ref) {
    List<LayerConfig> tables = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Layer layer = requireNonNull(layers.get(node.layer()), node.layer());
      List<TensorRef> read = node.arguments().tensors();
      if (layer.kerasClass().equals("Embedding") && read.contains(ref)) {
        tables.add(layer.config());
      } else if (layer instanceof Functional inner) {
        GraphColumns inside = new GraphColumns(inner);
        List<TensorRef> inputs = inner.graph().inputs().leaves();
        for (int i = 0; i < Math.min(read.size(), inputs.size()); i++) {
          if (read.get(i).equals(ref)) {
            tables.addAll(inside.tables(inputs.get(i)));
          }
        }
      }
    }
    return tables;
  }
}
