package io.scenerank.layer.base;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.Pass.PassView;
import io.scenerank.layer.base.Pass.Replacement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.tensorflow.op.Ops;

/** A graph of layers with the variables of its layers. */
final class BoundGraph {
  private final LayerGraph graph;
  private final ImmutableMap<String, BoundLayer> layers;

  BoundGraph(LayerGraph graph, BuildScope scope) {
    this.graph = graph;
    ImmutableMap.Builder<String, BoundLayer> bound = ImmutableMap.builder();
    ImmutableListMultimap<String, Node> calls = graph.calls();
    for (Layer layer : graph.layers()) {
      int times = Math.max(1, calls.get(layer.name()).size());
      bound.put(layer.name(), scope.child(BuildScope.pathOf(layer.name()), layer, times));
      layer.sharedLayers().forEach((inner, each) -> scope.addSharedCalls(inner, each * times));
    }
    this.layers = bound.buildOrThrow();
  }

  /**
   * Adds all calls.
   *
   * @param inputs of the structure of the graph's inputs
   * @param passes compute some of the calls in another way, each of those that are left
   */
  Structure<MaskedTensor> call(Ops tf, Structure<MaskedTensor> inputs, ImmutableList<Pass> passes) {
    Map<TensorRef, MaskedTensor> values = new HashMap<>(given(inputs));
    if (passes.isEmpty()) {
      graph.nodes().forEach(node -> call(tf, node, values));
      return graph.outputs().map(ref -> value(values, ref));
    }
    DistinctCalls distinct = DistinctCalls.of(graph);
    ImmutableSet<TensorRef> outputs =
        ImmutableSet.copyOf(distinct.outputs(graph.outputs()).leaves());
    List<Replacement> replacements = new ArrayList<>();
    ImmutableList<Node> open = distinct.nodes();
    for (Pass pass : passes) {
      Needed needed = new Needed(open, replacements, outputs);
      open = needed.nodes();
      replacements.addAll(
          pass.find(new PassView(open, layers, ImmutableMap.copyOf(values), needed.kept())));
    }
    add(tf, new Needed(open, replacements, outputs), values);
    return distinct.outputs(graph.outputs()).map(ref -> value(values, ref));
  }

  private ImmutableMap<TensorRef, MaskedTensor> given(Structure<MaskedTensor> inputs) {
    ImmutableList<TensorRef> places = graph.inputs().leaves();
    ImmutableList<MaskedTensor> tensors = inputs.leaves();
    if (places.size() != tensors.size()) {
      throw new IllegalArgumentException(
          "called with " + tensors.size() + " tensors, expected " + places.size());
    }
    ImmutableMap.Builder<TensorRef, MaskedTensor> given = ImmutableMap.builder();
    for (int i = 0; i < places.size(); i++) {
      given.put(places.get(i), tensors.get(i));
    }
    return given.buildKeepingLast();
  }

  /**
   * Adds replacements and calls, each once all that it reads is there: replacements as early as
   * they can be, and calls in their order, which decides what they draw.
   */
  private void add(Ops tf, Needed needed, Map<TensorRef, MaskedTensor> values) {
    List<Replacement> waiting = new ArrayList<>(needed.replacements());
    List<Node> calls = new ArrayList<>(needed.nodes());
    while (!waiting.isEmpty() || !calls.isEmpty()) {
      boolean replaced = waiting.removeIf(replacement -> isAdded(tf, replacement, values));
      OptionalInt ready =
          IntStream.range(0, calls.size())
              .filter(i -> values.keySet().containsAll(calls.get(i).arguments().tensors()))
              .findFirst();
      if (ready.isPresent()) {
        call(tf, calls.remove(ready.getAsInt()), values);
      } else if (!replaced) {
        throw new IllegalStateException("calls read each other's results: " + calls);
      }
    }
  }

  /** Adds a replacement if all that it reads is there. */
  private static boolean isAdded(
      Ops tf, Replacement replacement, Map<TensorRef, MaskedTensor> values) {
    boolean ready = values.keySet().containsAll(replacement.reads());
    if (ready) {
      replacement.ops().add(tf, values).forEach(values::putIfAbsent);
    }
    return ready;
  }

  private void call(Ops tf, Node node, Map<TensorRef, MaskedTensor> values) {
    Arguments<MaskedTensor> arguments = node.arguments().map(ref -> value(values, ref));
    ImmutableList<MaskedTensor> results =
        requireNonNull(layers.get(node.layer()), node.layer()).call(tf, arguments).leaves();
    for (int i = 0; i < results.size(); i++) {
      values.putIfAbsent(new TensorRef(node.layer(), node.number(), i), results.get(i));
    }
  }

  private static MaskedTensor value(Map<TensorRef, MaskedTensor> values, TensorRef ref) {
    return requireNonNull(values.get(ref), ref.toString());
  }

  /** What the outputs depend on, of calls of which some are replaced. */
  private static final class Needed {
    private final ImmutableList<Node> nodes;
    private final ImmutableList<Replacement> replacements;
    private final ImmutableSet<TensorRef> kept;

    Needed(List<Node> open, List<Replacement> all, ImmutableSet<TensorRef> outputs) {
      Map<TensorRef, Replacement> makers = new LinkedHashMap<>();
      all.forEach(made -> made.gives().forEach(ref -> makers.putIfAbsent(ref, made)));
      Map<TensorRef, Node> callers = new HashMap<>();
      open.forEach(node -> callers.put(PassView.result(node), node));
      Set<Replacement> used = new HashSet<>();
      Set<Node> called = new HashSet<>();
      Set<TensorRef> read = new HashSet<>(outputs);
      Set<TensorRef> seen = new HashSet<>(outputs);
      List<TensorRef> stack = new ArrayList<>(outputs);
      while (!stack.isEmpty()) {
        TensorRef ref = stack.remove(stack.size() - 1);
        Replacement maker = makers.get(ref);
        Node caller = callers.get(new TensorRef(ref.layer(), ref.node(), 0));
        Iterable<TensorRef> more = ImmutableList.of();
        if (maker != null && used.add(maker)) {
          read.addAll(maker.reads());
          more = maker.reads();
        } else if (maker == null && caller != null && called.add(caller)) {
          more = caller.arguments().tensors();
        }
        for (TensorRef next : more) {
          if (seen.add(next)) {
            stack.add(next);
          }
        }
      }
      this.nodes = open.stream().filter(called::contains).collect(ImmutableList.toImmutableList());
      this.replacements =
          all.stream().filter(used::contains).collect(ImmutableList.toImmutableList());
      this.kept = ImmutableSet.copyOf(read);
    }

    ImmutableList<Node> nodes() {
      return nodes;
    }

    ImmutableList<Replacement> replacements() {
      return replacements;
    }

    /** What outputs and replacements read. */
    ImmutableSet<TensorRef> kept() {
      return kept;
    }
  }
}
