package io.scenerank.layer.base;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.tensorflow.op.Ops;

/**
 * Finds calls of a graph that can be computed in another way, which gives the same numbers faster.
 */
@FunctionalInterface
public interface Pass {
  /** What the pass replaces, and by what. */
  ImmutableList<Replacement> find(PassView graph);

  /** What a {@link Pass} sees of a graph: the calls that no pass before it has replaced. */
  final class PassView {
    private final ImmutableList<Node> nodes;
    private final ImmutableMap<String, BoundLayer> layers;
    private final ImmutableMap<TensorRef, MaskedTensor> inputs;
    private final ImmutableSet<TensorRef> kept;
    private final ImmutableMap<TensorRef, Node> makers;
    private final ImmutableListMultimap<TensorRef, Node> readers;

    PassView(
        ImmutableList<Node> nodes,
        ImmutableMap<String, BoundLayer> layers,
        ImmutableMap<TensorRef, MaskedTensor> inputs,
        ImmutableSet<TensorRef> kept) {
      this.nodes = nodes;
      this.layers = layers;
      this.inputs = inputs;
      this.kept = kept;
      this.makers =
          nodes.stream().collect(ImmutableMap.toImmutableMap(PassView::result, node -> node));
      ImmutableListMultimap.Builder<TensorRef, Node> all = ImmutableListMultimap.builder();
      for (Node node : nodes) {
        ImmutableSet.copyOf(node.arguments().tensors()).forEach(ref -> all.put(ref, node));
      }
      this.readers = all.build();
    }

    /** The first result of a call. */
    public static TensorRef result(Node node) {
      return new TensorRef(node.layer(), node.number(), 0);
    }

    /** The calls, each behind those whose results it reads. */
    public ImmutableList<Node> nodes() {
      return nodes;
    }

    /** The calls of layers of a class. */
    public ImmutableList<Node> nodes(String kerasClass) {
      return nodes(node -> layer(node).layer().kerasClass().equals(kerasClass));
    }

    /** Some of the calls. */
    public ImmutableList<Node> nodes(Predicate<Node> which) {
      return nodes.stream().filter(which).collect(ImmutableList.toImmutableList());
    }

    /** The layer of a call. */
    public BoundLayer layer(Node node) {
      return requireNonNull(layers.get(node.layer()), node.layer());
    }

    /** The call of a class that gives a tensor as its only result, if it does. */
    public Optional<Node> maker(TensorRef ref, String kerasClass) {
      return Optional.ofNullable(makers.get(ref))
          .filter(node -> layer(node).layer().kerasClass().equals(kerasClass));
    }

    /** The value of an input of the model. */
    public Optional<MaskedTensor> input(TensorRef ref) {
      return Optional.ofNullable(inputs.get(ref));
    }

    /** The calls that read a tensor. */
    public ImmutableList<Node> readers(TensorRef ref) {
      return readers.get(ref);
    }

    /** Whether more than the calls reads a tensor: it is an output, or another pass reads it. */
    public boolean isKept(TensorRef ref) {
      return kept.contains(ref);
    }
  }

  /**
   * Ops that give some tensors of a graph faster than the calls of its layers, up to rounding.
   *
   * @param gives the tensors; perhaps further ones, which only other replacements read
   * @param reads the tensors that the ops are made of
   * @param ops adds them
   */
  record Replacement(
      ImmutableSet<TensorRef> gives, ImmutableSet<TensorRef> reads, Computation ops) {

    /** Adds ops to a graph. */
    @FunctionalInterface
    public interface Computation {
      /**
       * Adds the ops.
       *
       * @param values what is read
       * @return what is given
       */
      ImmutableMap<TensorRef, MaskedTensor> add(Ops tf, Map<TensorRef, MaskedTensor> values);
    }
  }
}
