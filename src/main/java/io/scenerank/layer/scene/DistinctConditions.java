package io.scenerank.layer.scene;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerGraph.Node;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Pass;
import io.scenerank.layer.base.Pass.PassView;
import io.scenerank.layer.base.Pass.Replacement;
import io.scenerank.layer.base.Structure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unique;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/**
 * The pass that generates weights once for each value of a condition, and not once for each row:
 * where the condition of an {@link ApgLayer} is the embedding of an input with few ids.
 *
 * <p>Source: APG (Yan et al., 2022), "Condition design"; that equal conditions are taken once is
 * this library's own.
 */
final class DistinctConditions implements Pass {
  /**
   * Beyond this many values a condition is taken by row. All values' matrices are applied to all
   * rows, so that the work grows with their number, and past some dozens costs more than a matrix a
   * row.
   */
  private static final int FEW_VALUES = 32;

  /**
   * Where a condition comes from.
   *
   * @param ids the model's input [B, 1]
   */
  private record Source(BoundLayer table, TensorRef ids) {}

  @Override
  public ImmutableList<Replacement> find(PassView graph) {
    Map<Source, Condition> conditions = new HashMap<>();
    ImmutableList.Builder<Replacement> replacements = ImmutableList.builder();
    for (Node node : graph.nodes("ApgLayer")) {
      ImmutableList<TensorRef> inputs = node.arguments().tensors();
      source(graph, inputs.get(1))
          .ifPresent(
              source ->
                  replacements.add(replacement(graph, node, inputs.get(0), source, conditions)));
    }
    return replacements.build();
  }

  private static Optional<Source> source(PassView graph, TensorRef condition) {
    return graph
        .maker(condition, "Flatten")
        .flatMap(flatten -> graph.maker(flatten.arguments().only(), "Embedding"))
        .filter(
            look ->
                look.arguments().tensors().size() == 1
                    && graph.layer(look).layer().config().integer("input_dim") <= FEW_VALUES
                    && graph
                        .input(look.arguments().only())
                        .filter(ids -> ids.shape().tail().size() == 1)
                        .isPresent())
        .map(look -> new Source(graph.layer(look), look.arguments().only()));
  }

  private static Replacement replacement(
      PassView graph, Node node, TensorRef x, Source source, Map<Source, Condition> conditions) {
    TensorRef result = PassView.result(node);
    BoundLayer layer = graph.layer(node);
    return new Replacement(
        ImmutableSet.of(result),
        ImmutableSet.of(x, source.ids()),
        (tf, values) -> {
          MaskedTensor ids = requireNonNull(values.get(source.ids()), "ids");
          Condition condition =
              conditions.computeIfAbsent(source, key -> condition(tf, key.table(), ids));
          MaskedTensor input = layer.autocast(tf, requireNonNull(values.get(x), "x"));
          ApgLayer.Built built =
              (ApgLayer.Built)
                  layer.built(
                      Arguments.ofStructure(
                          Structure.items(List.of(input, MaskedTensor.of(condition.values())))));
          CallContext context = new CallContext(tf, layer.scope().training(), 0);
          return ImmutableMap.of(
              result, MaskedTensor.of(built.call(context, input.floats(), condition)));
        });
  }

  private static Condition condition(Ops tf, BoundLayer table, MaskedTensor ids) {
    Operand<TInt32> column = tf.reshape(ids.ids(tf), tf.constant(new int[] {-1})); // [B]
    Unique<TInt32, TInt32> unique = tf.unique(column, tf.constant(new long[] {0})); // [u]
    Operand<TFloating> rows = table.call(tf, MaskedTensor.of(unique.y())).floats(); // [u, s]
    return Condition.distinct(tf, rows, unique.idx());
  }
}
