package io.scenerank.savedmodel;

import io.scenerank.feature.PackedLayout;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;

/**
 * Stops an exported graph at an id outside its vocabulary. Tables are fused, so such an id would
 * read a neighbour's row; the graph fails instead, with the feature, the row and the id in the
 * message.
 */
final class VocabularyCheck {
  private final Graph graph;
  private final Ops tf;
  private final PackedLayout layout;

  VocabularyCheck(Graph graph, Ops ops, PackedLayout layout) {
    this.graph = graph;
    this.tf = ops.withSubScope(CheckNodes.VOCABULARY);
    this.layout = layout;
  }

  /**
   * @param ids [B, F]
   * @return the same ids, once they are known to be inside their vocabularies
   */
  Operand<TInt32> call(Operand<TInt32> ids) {
    Operand<TBool> inside =
        tf.math.logicalAnd(
            tf.math.greaterEqual(ids, tf.constant(0)),
            tf.math.less(ids, tf.constant(layout.idLimits()))); // [B, F]
    List<String> features =
        IntStream.range(0, layout.idWidth()).mapToObj(i -> layout.columnAtId(i).name()).toList();
    return new RowAssertion(graph, tf, features)
        .require(
            ids,
            inside,
            (id, position) ->
                List.of(
                    tf.constant("id "),
                    id,
                    tf.constant(" is outside [0, "),
                    tf.dtypes.asString(
                        tf.gather(tf.constant(layout.idLimits()), position, tf.constant(0))),
                    tf.constant(")")));
  }
}
