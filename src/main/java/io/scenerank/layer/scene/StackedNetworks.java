package io.scenerank.layer.scene;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.Layer.AffineCall;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Pass;
import io.scenerank.layer.base.Pass.PassView;
import io.scenerank.layer.base.Pass.Replacement;
import io.scenerank.variable.Shapes;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * The pass that computes networks of one layer on one input as one wide layer, where each output
 * becomes a row and the rows are put below each other: {@code Concatenate(axis=1)} of {@code
 * Reshape((1, v))} of a {@link Dnn}. The input is read once, its gradient needs no sum over the
 * networks, and nothing is copied together.
 */
final class StackedNetworks implements Pass {
  @Override
  public ImmutableList<Replacement> find(PassView graph) {
    return graph.nodes("Concatenate").stream()
        .filter(node -> graph.layer(node).layer().config().integer("axis") == 1)
        .flatMap(node -> replacement(graph, node).stream())
        .collect(ImmutableList.toImmutableList());
  }

  private static Optional<Replacement> replacement(PassView graph, Node stack) {
    ImmutableList<Node> networks =
        stack.arguments().tensors().stream()
            .flatMap(ref -> network(graph, ref).stream())
            .collect(ImmutableList.toImmutableList());
    boolean all = networks.size() == stack.arguments().tensors().size() && networks.size() > 1;
    if (!all || networks.stream().map(Node::arguments).distinct().count() > 1) {
      return Optional.empty();
    }
    TensorRef x = networks.get(0).arguments().only();
    TensorRef result = PassView.result(stack);
    int width = dnn(graph, networks.get(0)).width();
    return Optional.of(
        new Replacement(
            ImmutableSet.of(result),
            ImmutableSet.of(x),
            (tf, values) -> {
              MaskedTensor given = requireNonNull(values.get(x), x.toString());
              MaskedTensor input = graph.layer(networks.get(0)).autocast(tf, given);
              Operand<TFloating> wide =
                  wide(
                      tf, input, networks.stream().map(node -> first(graph, node, input)).toList());
              int[] shape = {-1, networks.size(), width};
              return ImmutableMap.of(result, MaskedTensor.of(tf.reshape(wide, tf.constant(shape))));
            }));
  }

  private static Dnn dnn(PassView graph, Node node) {
    return (Dnn) graph.layer(node).layer();
  }

  /** The network of which a row is made, if nothing else reads it. */
  private static Optional<Node> network(PassView graph, TensorRef row) {
    return graph
        .maker(row, "Reshape")
        .filter(reshape -> isAlone(graph, row))
        .flatMap(
            reshape ->
                graph
                    .maker(reshape.arguments().only(), "Dnn")
                    .filter(node -> isAlone(graph, PassView.result(node)))
                    .filter(node -> dnn(graph, node).isAffine())
                    .filter(
                        node ->
                            graph
                                .layer(reshape)
                                .layer()
                                .config()
                                .integers("target_shape")
                                .equals(ImmutableList.of(1, dnn(graph, node).width()))));
  }

  private static boolean isAlone(PassView graph, TensorRef ref) {
    return graph.readers(ref).size() == 1 && !graph.isKept(ref);
  }

  private static AffineCall first(PassView graph, Node node, MaskedTensor x) {
    Dnn.Built built = (Dnn.Built) graph.layer(node).built(Arguments.of(x));
    return (AffineCall) built.first().built(Arguments.of(x));
  }

  private static Operand<TFloating> wide(Ops tf, MaskedTensor x, List<AffineCall> layers) {
    List<Operand<TFloating>> kernels =
        layers.stream().map(layer -> layer.kernel().read(tf)).toList();
    List<Operand<TFloating>> biases =
        layers.stream().map(layer -> layer.bias().orElseThrow().read(tf)).toList();
    return tf.nn.biasAdd(
        tf.linalg.matMul(x.floats(), Shapes.concat(tf, kernels, 1)), Shapes.concat(tf, biases, 0));
  }
}
