package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.Targets;
import io.scenerank.feature.Targets.Target;
import io.scenerank.layer.KerasForm;
import io.scenerank.layer.ModelReader;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.LayerGraph;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.VariableNode;
import io.scenerank.layer.base.Structure;
import io.scenerank.model.KerasGraph.KerasGraphParams;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.KerasLoss.TaskLosses;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.variable.FloatTensor;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.types.TFloat64;

/** A model in the form of Keras 3's files. */
final class GraphExporter {
  private final ImmutableList<String> tasks;
  private final Targets targets;
  private final TrainingConfig training;
  private final GraphImport.Graph graph;
  private final ObjectNode config;

  /**
   * Builds the model.
   *
   * @param training with the losses of its outputs
   * @throws InvalidInputException if it is a model of Keras 2, whose layers are not those of Keras
   *     3
   */
  GraphExporter(ModelDefinition<?> definition, TrainingConfig training) {
    this.tasks = definition.params().taskNames();
    this.targets = definition.targets();
    this.training = training;
    this.graph = GraphImport.graph(definition);
    this.config =
        definition.params() instanceof KerasGraphParams params
            ? json(params)
            : KerasForm.json(graph.model(), graph.built().tree());
  }

  private static ObjectNode json(KerasGraphParams params) {
    JsonNode json = new ConfigMapper().parsePython(params.kerasJson(), "model_params.keras_json");
    if (ModelReader.generation(json) == 2) {
      throw new InvalidInputException(
          "the model was made by Keras 2, whose layers Keras 3 does not read; export it as h5 or"
              + " saved_model");
    }
    return (ObjectNode) json;
  }

  /**
   * The model's {@code config.json}.
   *
   * @param compiled how it is compiled, what differs between its outputs aside; absent where it is
   *     not
   */
  ObjectNode config(Optional<ObjectNode> compiled) {
    ObjectNode whole = config.deepCopy();
    compiled.ifPresent(
        settings -> {
          ObjectNode all = settings.deepCopy();
          all.set("loss", byOutput(losses()));
          all.set("loss_weights", byOutput(lossWeights()));
          whole.set("compile_config", all);
        });
    return whole;
  }

  /** Writes all variables where Keras looks for them. */
  void write(Hdf5Writer writer, Map<String, FloatTensor> weights) {
    LayerTree tree = graph.built().tree();
    write(writer, weights, tree, Keras3Layout.arrays(tree), new HashSet<>());
  }

  /** Paths of the trained variables in the order of Keras' {@code trainable_variables}. */
  List<String> trainable() {
    return VariableOrder.of(graph.built().tree()).stream()
        .map(VariableNode::path)
        .filter(graph.built().trained()::contains)
        .toList();
  }

  /** Paths of an optimizer's variables in the order in which Keras keeps them. */
  List<String> slots(KerasOptimizer optimizer) {
    return OptimizerSlots.slots(optimizer, graph.built().tree(), graph.built().trained()::contains)
        .keySet()
        .asList();
  }

  /** What the model's outputs are trained with. */
  private Map<String, JsonNode> losses() {
    Map<String, JsonNode> byTask = new LinkedHashMap<>();
    for (String task : tasks) {
      Optional<JsonNode> given =
          training.loss() instanceof TaskLosses losses ? losses.keras(task) : Optional.empty();
      byTask.put(task, given.orElseGet(() -> TextNode.valueOf(standard(task))));
    }
    return byTask;
  }

  /** What Keras calls the loss of a task about which the configuration says nothing. */
  private String standard(String task) {
    Target target = targets.of(task);
    return target.transform() == null
        ? TaskLosses.standard(target.type())
        : "mean_squared_logarithmic_error";
  }

  /** Factors of the outputs' losses; nothing where all are 1. */
  private Map<String, JsonNode> lossWeights() {
    Map<String, JsonNode> byTask = new LinkedHashMap<>();
    for (String task : tasks) {
      float weight = training.lossWeights().first(task, targets.of(task).type());
      // The shortest digits of the float: Keras reads 0.3, not 0.30000001192092896.
      byTask.put(task, DoubleNode.valueOf(Double.parseDouble(Float.toString(weight))));
    }
    if (byTask.values().stream().allMatch(weight -> weight.doubleValue() == 1)) {
      return Map.of();
    }
    return byTask;
  }

  /**
   * The form of {@code compile_config}: a dict, a list or one value, as the model's outputs are.
   */
  private JsonNode byOutput(Map<String, JsonNode> byTask) {
    if (byTask.isEmpty()) {
      return NullNode.getInstance();
    }
    Functional model = (Functional) graph.built().tree().layer();
    if (model.graph().outputs() instanceof Structure.Entries<LayerGraph.TensorRef>) {
      return new ConfigMapper().newObject().setAll(byTask);
    }
    if (byTask.size() == 1) {
      return byTask.values().iterator().next();
    }
    return JsonNodeFactory.instance.arrayNode().addAll(byTask.values());
  }

  /** Whether the variables of a layer are float64 in Keras. */
  static boolean isDouble(LayerTree layer) {
    return layer.layer().config().policy().compute() == TFloat64.class;
  }

  /** Writes an array in the type that Keras gives the layer's variables. */
  private static void put(Hdf5Writer writer, LayerTree node, String array, FloatTensor values) {
    int cut = array.lastIndexOf('/');
    String group = array.substring(0, cut);
    String name = array.substring(cut + 1);
    if (isDouble(node)) {
      writer.putDoubles(group, name, values);
    } else {
      writer.put(group, name, values);
    }
  }

  private void write(
      Hdf5Writer writer,
      Map<String, FloatTensor> weights,
      LayerTree node,
      ImmutableListMultimap<String, String> arrays,
      Set<String> written) {
    for (VariableNode variable : node.variables()) {
      List<String> places = arrays.get(variable.path());
      if (places.isEmpty() || !written.add(variable.path())) {
        continue;
      }
      FloatTensor values = AdaptedKernel.merged(node, variable, weights);
      places.forEach(array -> put(writer, node, array, values));
      String first = places.get(0);
      if (first.endsWith("/0")) {
        writer.attribute(first.substring(0, first.lastIndexOf('/')), "name", node.layer().name());
      }
    }
    if (node.layer().kerasClass().equals("Normalization") && !node.variables().isEmpty()) {
      String first = arrays.get(node.variables().get(0).path()).get(0);
      // Keras keeps a number of rows that nothing reads.
      writer.put(first.substring(0, first.lastIndexOf('/')), "2", 0L);
    }
    node.children().forEach(child -> write(writer, weights, child, arrays, written));
  }
}
