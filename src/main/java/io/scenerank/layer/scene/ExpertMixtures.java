package io.scenerank.layer.scene;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Multimaps;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BatchProduct;
import io.scenerank.layer.base.Layer.AffineCall;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Pass;
import io.scenerank.layer.base.Pass.PassView;
import io.scenerank.layer.base.Pass.Replacement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.family.TFloating;

/**
 * The pass that mixes the same experts for several gates in one product for each row, so that no
 * copy of the experts is scaled for each gate ({@link WeightedSum}).
 *
 * <p>Source: MMoE (Ma et al., 2018), equations 6 and 7.
 */
final class ExpertMixtures implements Pass {
  @Override
  public ImmutableList<Replacement> find(PassView graph) {
    ImmutableListMultimap<List<TensorRef>, Node> mixtures =
        Multimaps.index(graph.nodes("WeightedSum"), ExpertMixtures::experts);
    return mixtures.asMap().entrySet().stream()
        .filter(entry -> entry.getValue().size() > 1)
        .map(entry -> replacement(graph, entry.getKey(), ImmutableList.copyOf(entry.getValue())))
        .collect(ImmutableList.toImmutableList());
  }

  private static List<TensorRef> experts(Node node) {
    ImmutableList<TensorRef> inputs = node.arguments().tensors();
    return inputs.subList(1, inputs.size());
  }

  private static TensorRef weights(Node node) {
    return node.arguments().tensors().get(0);
  }

  private static Replacement replacement(
      PassView graph, List<TensorRef> experts, ImmutableList<Node> mixtures) {
    ImmutableList<TensorRef> results =
        mixtures.stream().map(PassView::result).collect(ImmutableList.toImmutableList());
    ImmutableList<TensorRef> weights =
        mixtures.stream().map(ExpertMixtures::weights).collect(ImmutableList.toImmutableList());
    ImmutableList<Node> gates =
        weights.stream()
            .flatMap(ref -> softmax(graph, ref).stream())
            .collect(ImmutableList.toImmutableList());
    boolean atOnce = gates.size() == weights.size();
    ImmutableList<TensorRef> read =
        atOnce
            ? gates.stream()
                .map(node -> node.arguments().only())
                .collect(ImmutableList.toImmutableList())
            : weights;
    return new Replacement(
        ImmutableSet.copyOf(results),
        ImmutableSet.<TensorRef>builder().addAll(read).addAll(experts).build(),
        (tf, values) -> {
          Operand<TFloating> shares =
              atOnce
                  ? shares(tf, graph, gates, values)
                  : stacked(tf, weights, values); // [B, gates, n]
          Operand<TFloating> all =
              BatchProduct.call(tf, shares, stacked(tf, experts, values)); // [B, gates, d]
          List<? extends Operand<TFloating>> byGate = unstacked(tf, all, results.size());
          List<? extends Operand<TFloating>> shown = unstacked(tf, shares, results.size());
          ImmutableMap.Builder<TensorRef, MaskedTensor> given = ImmutableMap.builder();
          for (int i = 0; i < results.size(); i++) {
            given.put(results.get(i), MaskedTensor.of(byGate.get(i)));
            Operand<TFloating> ofGate = shown.get(i);
            graph.layer(mixtures.get(i)).scope().observe("weights", () -> ofGate);
          }
          return given.buildOrThrow();
        });
  }

  private static List<? extends Operand<TFloating>> unstacked(
      Ops tf, Operand<TFloating> x, int count) {
    return tf.unstack(x, (long) count, Unstack.axis(1L)).output();
  }

  /** The Dense that ends with the softmax of which weights are made, if nothing else reads them. */
  private static Optional<Node> softmax(PassView graph, TensorRef weights) {
    return graph
        .maker(weights, "Dense")
        .filter(node -> graph.readers(weights).size() == 1 && !graph.isKept(weights))
        .filter(
            node ->
                graph.layer(node).layer().config().get("activation").asText().equals("softmax"));
  }

  /** The softmax of all gates at once, [B, gates, n]. */
  private static Operand<TFloating> shares(
      Ops tf, PassView graph, List<Node> gates, Map<TensorRef, MaskedTensor> values) {
    List<Operand<TFloating>> scores =
        gates.stream()
            .map(
                gate -> {
                  MaskedTensor given =
                      requireNonNull(values.get(gate.arguments().only()), gate.layer());
                  MaskedTensor x = graph.layer(gate).autocast(tf, given);
                  AffineCall dense = (AffineCall) graph.layer(gate).built(Arguments.of(x));
                  return dense.affine(tf, x.floats());
                })
            .toList();
    return tf.nn.softmax(tf.stack(scores, Stack.axis(1L)));
  }

  private static Operand<TFloating> stacked(
      Ops tf, List<TensorRef> refs, Map<TensorRef, MaskedTensor> values) {
    return tf.stack(refs.stream().map(ref -> floats(values, ref)).toList(), Stack.axis(1L));
  }

  private static Operand<TFloating> floats(Map<TensorRef, MaskedTensor> values, TensorRef ref) {
    return requireNonNull(values.get(ref), ref.toString()).floats();
  }
}
