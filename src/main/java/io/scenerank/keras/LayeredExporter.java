package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Utf8;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Lists;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import io.scenerank.variable.FloatTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes weights as lists by layer: the {@code .h5} that {@code load_weights} of Keras 2 and 3
 * takes.
 */
final class LayeredExporter {
  /** Of an attribute, which HDF5 keeps in a header of 64 KB. */
  private static final int LONGEST_ATTRIBUTE = 60_000;

  private static final String COUNT = "count";

  private final GraphImport.Graph graph;
  private final ImmutableMap<String, FloatTensor> weights;

  /**
   * @param graph of the model's layers
   * @param weights by path
   */
  LayeredExporter(GraphImport.Graph graph, ImmutableMap<String, FloatTensor> weights) {
    this.graph = graph;
    this.weights = weights;
  }

  /** Writes all layers that have variables. */
  void write(Hdf5Writer writer) {
    LayerTree model = graph.built().tree();
    int generation = graph.model().config().generation();
    List<String> names = new ArrayList<>();
    for (LayerTree layer : model.children()) {
      if (!VariableOrder.of(layer).isEmpty()) {
        names.add(layer.layer().name());
        write(writer, layer, model.layer().config().trainable());
      }
    }
    texts(writer, "", LayeredArrays.LAYER_NAMES, names);
    writer.attribute("", "backend", "tensorflow");
    writer.attribute("", "keras_version", generation == 2 ? "2.15.0" : "3.15.1");
  }

  private void write(Hdf5Writer writer, LayerTree layer, boolean trainable) {
    String group = layer.layer().name();
    Map<String, String> counted = new HashMap<>();
    Set<String> doubles = new HashSet<>();
    details(layer, counted, doubles);
    List<String> names = new ArrayList<>();
    for (VariableNode variable : VariableOrder.trainedFirst(layer, trainable)) {
      String path = variable.path();
      names.add(path);
      FloatTensor value = requireNonNull(weights.get(path), path);
      if (doubles.contains(path)) {
        writer.putDoubles(inner(group, path), name(path), value);
      } else {
        writer.put(inner(group, path), name(path), value);
      }
      if (counted.containsKey(path)) {
        // Keras keeps a number of rows that nothing reads.
        String count = requireNonNull(counted.get(path), path);
        names.add(count);
        writer.put(inner(group, count), name(count), 0L);
      }
    }
    texts(writer, group, LayeredArrays.WEIGHT_NAMES, names);
  }

  private static String inner(String group, String path) {
    int cut = path.lastIndexOf('/');
    return cut < 0 ? group : group + "/" + path.substring(0, cut);
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /**
   * What the variables do not tell.
   *
   * @param counted the path of the number of rows behind the last variable of each normalization
   * @param doubles the paths of variables that Keras keeps as float64
   */
  private static void details(LayerTree layer, Map<String, String> counted, Set<String> doubles) {
    List<VariableNode> own = layer.variables();
    if (GraphExporter.isDouble(layer)) {
      own.forEach(variable -> doubles.add(variable.path()));
    }
    if (layer.layer().kerasClass().equals("Normalization") && !own.isEmpty()) {
      String last = own.get(own.size() - 1).path();
      counted.put(last, last.substring(0, last.lastIndexOf('/') + 1) + COUNT);
    }
    layer.children().forEach(child -> details(child, counted, doubles));
  }

  /** A list that is too long for one attribute is cut into several, as Keras does. */
  private static void texts(Hdf5Writer writer, String group, String name, List<String> texts) {
    int longest = texts.stream().mapToInt(Utf8::encodedLength).max().orElse(1);
    int most = Math.max(1, LONGEST_ATTRIBUTE / (longest + 1));
    if (texts.size() <= most) {
      writer.attribute(group, name, texts.toArray(new String[0]));
      return;
    }
    List<List<String>> pieces = Lists.partition(texts, most);
    for (int i = 0; i < pieces.size(); i++) {
      writer.attribute(group, name + i, pieces.get(i).toArray(new String[0]));
    }
  }
}
