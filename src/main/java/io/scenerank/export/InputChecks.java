package io.scenerank.export;

import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.serve.graph.PackedGraph;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Stops an exported graph at a wrong value, with the feature, the row and the value. */
final class InputChecks {
  private final Graph graph;
  private final Ops ops;
  private final PackedLayout layout;

  InputChecks(Graph graph, Ops ops, PackedLayout layout) {
    this.graph = graph;
    this.ops = ops;
    this.layout = layout;
  }

  /**
   * Stops at an id outside its vocabulary. Tables are fused, so such an id would read a neighbour's
   * row.
   *
   * @param ids [B, F]
   * @return the same ids, once they are known to be inside their vocabularies
   */
  Operand<TInt32> ids(Operand<TInt32> ids) {
    Ops tf = ops.withSubScope(PackedGraph.VOCABULARY_CHECK);
    Operand<TBool> inside =
        tf.math.logicalAnd(
            tf.math.greaterEqual(ids, tf.constant(0)),
            tf.math.less(ids, tf.constant(layout.idLimits()))); // [B, F]
    return assertion(tf, layout.idWidth(), layout::columnAtId)
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

  /**
   * Stops at a dense value that is NaN or infinite: its score would be NaN, and nothing would say
   * the reason.
   *
   * @param dense [B, G]
   * @return the same values, once they are known to be finite
   */
  Operand<TFloat32> dense(Operand<TFloat32> dense) {
    Ops tf = ops.withSubScope(PackedGraph.FINITE_CHECK);
    return assertion(tf, layout.denseWidth(), layout::columnAtDense)
        .require(
            dense,
            tf.math.isFinite(dense),
            (value, position) ->
                List.of(
                    tf.constant("found "),
                    value,
                    tf.constant(", expected " + PackedLayout.FINITE)));
  }

  private RowAssertion assertion(Ops tf, int width, IntFunction<FeatureColumn> columnAt) {
    return new RowAssertion(
        graph, tf, IntStream.range(0, width).mapToObj(i -> columnAt.apply(i).name()).toList());
  }
}
