package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.InputLayer;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.Shape;

/** The table of a model's layers that Keras' {@code model.summary()} prints. */
final class ModelSummary {
  private static final ImmutableList<String> HEADER =
      ImmutableList.of("Layer (type)", "Output Shape", "Param #", "Connected to");

  private final Functional model;
  private final LayerTree tree;
  private final ImmutableSet<String> trained;

  /**
   * @param tree of the model that was built
   * @param trained paths of the variables that are trained
   */
  ModelSummary(Functional model, LayerTree tree, ImmutableSet<String> trained) {
    this.model = model;
    this.tree = tree;
    this.trained = trained;
  }

  String text() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADER);
    for (LayerTree layer : tree.children()) {
      rows.add(
          List.of(
              layer.layer().name() + " (" + layer.layer().kerasClass() + ")",
              shape(layer),
              String.format(Locale.ROOT, "%,d", count(layer, new HashSet<>(), false)),
              connections(layer.layer().name())));
    }
    long all = count(tree, new HashSet<>(), false);
    long trainable = count(tree, new HashSet<>(), true);
    return "Model: \""
        + model.name()
        + "\"\n"
        + table(rows)
        + String.format(
            Locale.ROOT,
            "Total params: %,d%nTrainable params: %,d%nNon-trainable params: %,d%n",
            all,
            trainable,
            all - trainable);
  }

  private static String table(List<List<String>> rows) {
    int[] widths = new int[HEADER.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(String.format("%-" + (widths[i] + 2) + "s", row.get(i)));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private String shape(LayerTree layer) {
    return layer.output().map(ModelSummary::shown).orElseGet(() -> input(layer));
  }

  /** An input is not called. */
  private static String input(LayerTree layer) {
    return layer.layer() instanceof InputLayer input ? shown(input.shape()) : "?";
  }

  private static String shown(Shape shape) {
    StringBuilder text = new StringBuilder("(");
    for (int axis = 0; axis < shape.numDimensions(); axis++) {
      long size = shape.get(axis);
      text.append(axis == 0 ? "" : ", ").append(size < 0 ? "None" : Long.toString(size));
    }
    return text.append(shape.numDimensions() == 1 ? ",)" : ")").toString();
  }

  private String connections(String layer) {
    LayerGraph graph = model.graph();
    return graph.calls().get(layer).stream()
        .flatMap(node -> node.arguments().tensors().stream())
        .map(TensorRef::toString)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private long count(LayerTree node, Set<String> seen, boolean trainedOnly) {
    long sum = 0;
    for (VariableNode variable : node.variables()) {
      boolean counts = !trainedOnly || trained.contains(variable.path());
      if (seen.add(variable.path()) && counts) {
        sum += variable.shape().size();
      }
    }
    for (LayerTree child : node.children()) {
      sum += count(child, seen, trainedOnly);
    }
    return sum;
  }
}
