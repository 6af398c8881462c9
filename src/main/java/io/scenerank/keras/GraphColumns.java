package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.ColumnType;
import io.scenerank.feature.FeatureColumn;
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
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/** What the inputs and outputs of a model are called, and the columns that its inputs read. */
final class GraphColumns {
  private static final ImmutableSet<Class<? extends TType>> FLOATS =
      ImmutableSet.of(TFloat32.class, TFloat64.class, TFloat16.class, TBfloat16.class);

  private final Functional model;

  GraphColumns(Functional model) {
    this.model = model;
  }

  /** Names of the inputs, in the order in which Keras flattens them. */
  ImmutableList<String> inputNames() {
    return names(model.graph().inputs());
  }

  /** Names of the outputs, in the order in which Keras flattens them. */
  ImmutableList<String> outputNames() {
    return names(model.graph().outputs());
  }

  /** A dict's tensors by their keys, others by their layers; a layer's second one is counted. */
  private static ImmutableList<String> names(Structure<TensorRef> structure) {
    List<String> names = new ArrayList<>();
    collect(structure, "", names);
    Set<String> used = new LinkedHashSet<>();
    for (String name : names) {
      String free = name;
      for (int i = 1; !used.add(free); i++) {
        free = name + "_" + i;
      }
    }
    return ImmutableList.copyOf(used);
  }

  private static void collect(Structure<TensorRef> structure, String key, List<String> names) {
    if (structure instanceof Structure.Leaf<TensorRef> leaf) {
      names.add(key.isEmpty() ? leaf.value().layer() : key);
    } else if (structure instanceof Structure.Items<TensorRef> list) {
      list.items().forEach(item -> collect(item, key, names));
    } else if (structure instanceof Structure.Entries<TensorRef> dict) {
      for (Map.Entry<String, Structure<TensorRef>> entry :
          new TreeMap<>(dict.entries()).entrySet()) {
        collect(
            entry.getValue(), key.isEmpty() ? entry.getKey() : key + "." + entry.getKey(), names);
      }
    }
  }

  /**
   * The columns of the inputs, in the order of their names.
   *
   * @throws InvalidInputException naming an input that no column can be
   */
  ImmutableList<FeatureColumn> columns() {
    ImmutableList<String> names = inputNames();
    ImmutableList<TensorRef> refs = model.graph().inputs().leaves();
    ImmutableList.Builder<FeatureColumn> columns = ImmutableList.builder();
    for (int i = 0; i < refs.size(); i++) {
      columns.add(column(names.get(i), refs.get(i)));
    }
    return columns.build();
  }

  private FeatureColumn column(String name, TensorRef ref) {
    InputLayer input = (InputLayer) model.graph().layer(ref.layer());
    Class<? extends TType> type =
        KerasTypes.of(input.dtype())
            .orElseThrow(() -> input.config().wrong("dtype", "a type of Keras"));
    if (type == TString.class) {
      throw new InvalidInputException(
          "input '"
              + name
              + "' is text; expected ids and floats: encode texts before the model, or export it"
              + " as a SavedModel to use it as it is");
    }
    int width = width(name, input.shape());
    if (FLOATS.contains(type)) {
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
                + ", expected fixed sizes: a column has the same number of values in each row");
      }
      width *= size;
    }
    return Math.toIntExact(width);
  }

  private FeatureColumn ids(String name, TensorRef ref, int width) {
    List<LayerConfig> tables = tables(model.graph(), ref);
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
        true);
  }

  /** The tables that look a tensor up, those in models inside the model among them. */
  private static List<LayerConfig> tables(LayerGraph graph, TensorRef ref) {
    List<LayerConfig> tables = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Layer layer = graph.layer(node.layer());
      List<TensorRef> read = node.arguments().tensors();
      if (layer.kerasClass().equals("Embedding") && read.contains(ref)) {
        tables.add(layer.config());
      } else if (layer instanceof Functional inner) {
        List<TensorRef> inputs = inner.graph().inputs().leaves();
        for (int i = 0; i < Math.min(read.size(), inputs.size()); i++) {
          if (read.get(i).equals(ref)) {
            tables.addAll(tables(inner.graph(), inputs.get(i)));
          }
        }
      }
    }
    return tables;
  }
}
