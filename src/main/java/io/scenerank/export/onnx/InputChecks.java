package io.scenerank.export.onnx;

import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Checks of the ids and the dense values. ONNX has no op that fails, but Gather does at an index
 * beyond its only value: each value that must not be there reads the index that is its position in
 * the row, from 1, which the error names. Where a runtime does not fail, the row's scores are NaN.
 */
final class InputChecks {
  /** In the names of the nodes that fail. */
  static final String POSITION = "idx_is_the_position_from_1";

  private final OnnxGraph graph;
  private final List<String> verdicts = new ArrayList<>(); // [rows, 1] each, 0 or NaN

  InputChecks(OnnxGraph graph) {
    this.graph = graph;
  }

  /**
   * Checks that ids are in their vocabularies.
   *
   * @param ids int32 [rows, F]
   * @param limits for each position, the number of ids
   * @return the ids, 0 in place of those that are not
   */
  String ids(String ids, ImmutableIntArray limits) {
    String zero = graph.constant(OnnxTensor.scalar(OnnxType.INT32, 0), "zero");
    String below =
        add(
            "Less",
            ids,
            graph.constant(
                OnnxTensor.ofInts(List.of((long) limits.length()), limits.toArray()),
                "vocabulary_sizes"));
    String inside = add("And", add("GreaterOrEqual", ids, zero), below);
    check("id_outside_its_vocabulary", inside, limits.length());
    return add("Where", inside, ids, zero);
  }

  /**
   * Checks that dense values are finite.
   *
   * @param dense float32 [rows, G]
   * @return the values, 0 in place of those that are not
   */
  String dense(String dense, int width) {
    String limit =
        graph.constant(OnnxTensor.scalar(OnnxType.FLOAT, Double.POSITIVE_INFINITY), "infinity");
    String finite = add("Less", add("Abs", dense), limit);
    check("dense_value_not_finite", finite, width);
    return add(
        "Where", finite, dense, graph.constant(OnnxTensor.scalar(OnnxType.FLOAT, 0), "no_value"));
  }

  private void check(String name, String good, int width) {
    String zero = graph.constant(OnnxTensor.scalar(OnnxType.INT32, 0), "zero");
    String positions =
        graph.constant(
            OnnxTensor.ofInts(List.of((long) width), IntStream.rangeClosed(1, width).toArray()),
            "positions");
    String one = graph.constant(OnnxTensor.ofFloats(List.of(1L), 0), "only_value");
    String failing =
        graph
            .node(
                "Gather",
                name + "_" + POSITION,
                List.of(one, add("Where", good, zero, positions)),
                1,
                OnnxAttribute.of("axis", 0))
            .get(0);
    String nan = graph.constant(OnnxTensor.scalar(OnnxType.FLOAT, Double.NaN), "nan");
    String axis = graph.constant(OnnxTensor.ofLongs(1), "axis_of_values");
    verdicts.add(
        graph
            .node(
                "ReduceSum",
                name + "_verdict",
                List.of(add("Where", good, failing, nan), axis),
                1,
                OnnxAttribute.of("keepdims", 1))
            .get(0));
  }

  private String add(String op, String... arguments) {
    return graph.node(op, "check/" + op, List.of(arguments), 1).get(0);
  }

  /** NaN for each row with a wrong value, 0 for the others [rows, 1]; empty without a check. */
  Optional<String> verdict() {
    return verdicts.stream().reduce((a, b) -> add("Add", a, b));
  }
}
