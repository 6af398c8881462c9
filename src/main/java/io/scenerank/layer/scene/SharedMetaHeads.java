package io.scenerank.layer.scene;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Multimaps;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.Pass;
import io.scenerank.layer.base.Pass.PassView;
import io.scenerank.layer.base.Pass.Replacement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The pass that computes the {@link MetaAttention} and {@link MetaTower} of all tasks at once,
 * where the tasks share their meta units: the same outputs as one task after the other, in a
 * fraction of the time ({@link MetaHeads}).
 */
final class SharedMetaHeads implements Pass {

  /**
   * What the calls of several tasks have in common.
   *
   * @param unit of the attentions
   * @param experts [B, n, v]
   * @param scenario [B, s]
   */
  private record Common(Layer unit, TensorRef experts, TensorRef scenario, boolean softmax) {}

  @Override
  public ImmutableList<Replacement> find(PassView graph) {
    ImmutableListMultimap<Layer, Node> byUnit =
        Multimaps.index(
            graph.nodes(node -> attention(graph, node).filter(SharedMetaHeads::shares).isPresent()),
            node -> attention(graph, node).flatMap(MetaAttention::sharedUnit).orElseThrow());
    ImmutableList.Builder<Replacement> replacements = ImmutableList.builder();
    for (Layer unit : byUnit.keySet()) {
      replacement(graph, byUnit.get(unit)).ifPresent(replacements::add);
    }
    return replacements.build();
  }

  private static Optional<MetaAttention> attention(PassView graph, Node node) {
    return graph.layer(node).layer() instanceof MetaAttention layer
        ? Optional.of(layer)
        : Optional.empty();
  }

  private static boolean shares(MetaAttention layer) {
    return layer.sharedUnit().filter(SharedMetaHeads::isPlain).isPresent();
  }

  private static boolean isPlain(Layer unit) {
    return unit instanceof MetaUnit meta && meta.hasPlainActivation();
  }

  private static Optional<Replacement> replacement(PassView graph, List<Node> attentions) {
    List<MetaHead> heads = new ArrayList<>();
    attentions.forEach(node -> head(graph, node).ifPresent(heads::add));
    boolean alike =
        heads.size() == attentions.size()
            && attentions.stream().map(node -> common(graph, node)).distinct().count() == 1
            && heads.stream().map(head -> tower(graph, head).alike()).distinct().count() == 1
            && callsOfUnit(graph, tower(graph, heads.get(0))) == heads.size();
    if (!alike) {
      return Optional.empty();
    }
    Common common = common(graph, attentions.get(0));
    return Optional.of(
        new Replacement(
            heads.stream()
                .map(head -> PassView.result(head.tower()))
                .collect(ImmutableSet.toImmutableSet()),
            ImmutableSet.of(common.experts(), common.scenario()),
            new MetaHeads(
                graph, ImmutableList.copyOf(heads), common.experts(), common.scenario())));
  }

  private static MetaTower tower(PassView graph, MetaHead head) {
    return (MetaTower) graph.layer(head.tower()).layer();
  }

  /** Number of towers that call a tower's unit. */
  private static long callsOfUnit(PassView graph, MetaTower tower) {
    return graph
        .nodes(
            node ->
                graph.layer(node).layer() instanceof MetaTower other
                    && other.sharedUnit().equals(tower.sharedUnit()))
        .size();
  }

  private static Common common(PassView graph, Node node) {
    MetaAttention layer = attention(graph, node).orElseThrow();
    ImmutableList<TensorRef> inputs = node.arguments().tensors();
    return new Common(
        layer.sharedUnit().orElseThrow(), inputs.get(0), inputs.get(2), layer.hasSoftmax());
  }

  private static Optional<MetaHead> head(PassView graph, Node attention) {
    TensorRef mixed = PassView.result(attention);
    ImmutableList<TensorRef> inputs = attention.arguments().tensors();
    ImmutableList<Node> readers = graph.readers(mixed);
    if (readers.size() != 1 || graph.isKept(mixed)) {
      return Optional.empty();
    }
    Node tower = readers.get(0);
    boolean rises =
        graph.layer(tower).layer() instanceof MetaTower layer
            && layer.sharedUnit().filter(SharedMetaHeads::isPlain).isPresent()
            && layer.hasPlainActivation()
            && tower.arguments().tensors().equals(ImmutableList.of(mixed, inputs.get(2)));
    return rises ? head(graph, attention, tower, inputs.get(1)) : Optional.empty();
  }

  /** A head whose task view is the same for all rows. */
  private static Optional<MetaHead> head(
      PassView graph, Node attention, Node tower, TensorRef view) {
    Optional<Node> network =
        graph.maker(view, "Dnn").filter(node -> ((Dnn) graph.layer(node).layer()).isOneLayer());
    TensorRef vector = network.map(node -> node.arguments().only()).orElse(view);
    return graph
        .maker(vector, "TaskEmbedding")
        .map(embedding -> new MetaHead(attention, tower, embedding, network));
  }
}
