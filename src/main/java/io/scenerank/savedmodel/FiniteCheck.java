package io.scenerank.savedmodel;

import io.scenerank.feature.PackedLayout;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Stops an exported graph at a dense value that is NaN or infinite: its score would be NaN, without
 * a word about the reason.
 */
final class FiniteCheck {
  private final Graph graph;
  private final Ops tf;
  private final PackedLayout layout;

  FiniteCheck(Graph graph, Ops ops, PackedLayout layout) {
    this.graph = graph;
    this.tf = ops.withSubScope(CheckNodes.FINITE);
    this.layout = layout;
  }

  /**
   * @param dense [B, G]
   * @return the same values, once they are known to be finite
   */
  Operand<TFloat32> call(Operand<TFloat32> dense) {
    List<String> features =
        IntStream.range(0, layout.denseWidth())
            .mapToObj(i -> layout.columnAtDense(i).name())
            .toList();
    return new RowAssertion(graph, tf, features)
        .require(
            dense,
            tf.math.isFinite(dense),
            (value, position) ->
                List.of(
                    tf.constant("found "),
                    value,
                    tf.constant(", expected " + PackedLayout.FINITE)));
  }
}
