package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.scenerank.layer.base.Layer.LayerObserver;
import io.scenerank.variable.Seeds;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;

/**
 * Finds the layers with kernels that all tasks of a model share, and which of them are the last. It
 * looks at the ops of the model, so that it works for any: a kernel is shared if a gradient flows
 * to it from each task, and a layer is before another one if the other's kernel is applied to what
 * depends on it.
 */
final class SharedKernels {
  private final ModelDefinition<?> definition;
  private final Function<Ops, PackedInputs> placeholders;

  /**
   * What was found.
   *
   * @param byLayer paths of the shared variables by the path of their layer
   * @param last the layers with kernels that no other shared kernel comes after
   */
  record Found(ImmutableSetMultimap<String, String> byLayer, ImmutableSet<String> last) {}

  /**
   * @param placeholders makes the inputs of a graph
   */
  SharedKernels(ModelDefinition<?> definition, Function<Ops, PackedInputs> placeholders) {
    this.definition = definition;
    this.placeholders = placeholders;
  }

  Found find() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      WeightStore store = new WeightStore(graph, tf, new Seeds(0), Optional.empty());
      PackedInputs inputs = placeholders.apply(tf);
      // Without passes, which join the kernels of several layers.
      LayeredModel.Heads heads =
          new LayeredModel(definition, inputs)
              .build(tf, store, ImmutableList.of(), LayerObserver.NONE);
      return new Flow(graph, store.weights()).layers(List.copyOf(heads.logits().values()));
    }
  }

  /** The layer of a variable: its path without the last part. */
  private static String layer(Weight weight) {
    String path = weight.path();
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  /** Which variables each op of a graph depends on. */
  private static final class Flow {
    private final List<Weight> weights;
    private final Map<String, BitSet> variables = new HashMap<>();
    private final Set<String> ofRows = new LinkedHashSet<>();

    /** Layers whose result goes through another layer's kernel. */
    private final Map<Integer, BitSet> kernelsAfter = new HashMap<>();

    Flow(Graph graph, List<Weight> weights) {
      this.weights = weights;
      Map<String, Integer> values = new HashMap<>();
      for (int i = 0; i < weights.size(); i++) {
        values.put(weights.get(i).value().op().name(), i);
      }
      // In the order of their creation: what an op reads comes before it.
      graph.operations().forEachRemaining(op -> add(op, values));
    }

    private void add(GraphOperation op, Map<String, Integer> values) {
      BitSet all = new BitSet();
      BitSet kernels = new BitSet();
      BitSet before = new BitSet();
      boolean rows = op.type().equals("Placeholder");
      for (Operand<?> input : op.inputs()) {
        String name = input.op().name();
        BitSet found = variables.getOrDefault(name, new BitSet());
        boolean isOfRows = ofRows.contains(name);
        rows |= isOfRows;
        (isOfRows ? before : kernels).or(found);
        all.or(found);
      }
      if (values.containsKey(op.name())) {
        all.set(values.get(op.name()));
      }
      before.stream()
          .forEach(weight -> kernelsAfter.computeIfAbsent(weight, i -> new BitSet()).or(kernels));
      if (rows) {
        ofRows.add(op.name());
      }
      if (!op.type().equals("StopGradient")) {
        variables.put(op.name(), all);
      }
    }

    Found layers(List<Operand<?>> heads) {
      BitSet shared = new BitSet();
      shared.set(0, weights.size());
      heads.forEach(head -> shared.and(variables.getOrDefault(head.op().name(), new BitSet())));
      ImmutableSetMultimap.Builder<String, String> byLayer = ImmutableSetMultimap.builder();
      Set<String> withKernel = new LinkedHashSet<>();
      for (int i = 0; i < weights.size(); i++) {
        Weight weight = weights.get(i);
        if (shared.get(i) && weight.trainable()) {
          byLayer.put(layer(weight), weight.path());
          if (isKernel(weight)) {
            withKernel.add(layer(weight));
          }
        }
      }
      ImmutableSetMultimap<String, String> variablesOf = byLayer.build();
      ImmutableSet<String> last =
          withKernel.stream()
              .filter(layer -> !isBeforeAnother(layer, shared))
              .collect(ImmutableSet.toImmutableSet());
      return new Found(variablesOf, last.isEmpty() ? ImmutableSet.copyOf(withKernel) : last);
    }

    private static boolean isKernel(Weight weight) {
      return weight.shape().numDimensions() > 1;
    }

    private boolean isBeforeAnother(String layer, BitSet shared) {
      for (int i = 0; i < weights.size(); i++) {
        if (shared.get(i) && layer(weights.get(i)).equals(layer)) {
          boolean before =
              kernelsAfter.getOrDefault(i, new BitSet()).stream()
                  .filter(shared::get)
                  .mapToObj(weights::get)
                  .anyMatch(
                      after -> isKernel(after) && after.trainable() && !layer(after).equals(layer));
          if (before) {
            return true;
          }
        }
      }
      return false;
    }
  }
}
