package io.scenerank.export.onnx;

import com.google.common.collect.ImmutableSet;
import io.scenerank.variable.OpNames;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.proto.NodeDef;

/**
 * Which integers are never below 0: to ONNX, an index of −1 is the last row, to TensorFlow an
 * error.
 */
final class IndexSigns {
  /** Ops whose results are not negative where their first inputs are not. */
  private static final ImmutableSet<String> OF_FIRST =
      ImmutableSet.of(
          "Identity",
          "StopGradient",
          "PlaceholderWithDefault",
          "Reshape",
          "ExpandDims",
          "Squeeze",
          "Slice",
          "StridedSlice",
          "Transpose",
          "Tile",
          "BroadcastTo",
          "SplitV",
          "GatherV2",
          "Cast",
          "Unpack",
          "UniqueV2",
          "ReverseV2");

  /** Ops whose results are not negative where no input is. */
  private static final ImmutableSet<String> OF_ALL =
      ImmutableSet.of("Add", "AddV2", "Mul", "Maximum", "Minimum", "ConcatV2", "Pack");

  /** Ops whose results never are. */
  private static final ImmutableSet<String> ALWAYS =
      ImmutableSet.of("Abs", "Shape", "Size", "Bucketize", "LowerBound", "ArgMax", "ArgMin");

  private final Constants constants;
  private final Set<String> nodes = new HashSet<>();
  private final Set<String> tensors = new HashSet<>();

  IndexSigns(Constants constants) {
    this.constants = constants;
  }

  /** Notes a node whose values are checked to be at least 0. */
  void addChecked(String node) {
    nodes.add(node);
  }

  /** Notes a node behind those that it reads. */
  void add(NodeDef node) {
    List<String> inputs = ServedGraph.values(node);
    boolean never =
        ALWAYS.contains(node.getOp())
            || (OF_FIRST.contains(node.getOp()) && isNeverNegative(inputs.get(0)))
            || (node.getOp().equals("FloorMod") && isNeverNegative(inputs.get(1)))
            || (node.getOp().equals("Split") && isNeverNegative(inputs.get(1)))
            || (node.getOp().equals("SelectV2")
                && isNeverNegative(inputs.get(1))
                && isNeverNegative(inputs.get(2)))
            || (OF_ALL.contains(node.getOp()) && operands(node).allMatch(this::isNeverNegative));
    if (never) {
      nodes.add(node.getName());
    }
    if (node.getOp().equals("UniqueV2")) {
      tensors.add(node.getName() + ":1"); // places
    }
  }

  private static Stream<String> operands(NodeDef node) {
    List<String> inputs = ServedGraph.values(node);
    // The last one is the axis.
    return inputs.stream().limit(inputs.size() - (node.getOp().equals("ConcatV2") ? 1 : 0));
  }

  boolean isNeverNegative(String tensor) {
    return constants
        .find(tensor)
        .map(value -> isInteger(value) && Arrays.stream(value.longs()).allMatch(v -> v >= 0))
        .orElseGet(() -> nodes.contains(OpNames.ofInput(tensor)) || tensors.contains(tensor));
  }

  private static boolean isInteger(OnnxTensor value) {
    return value.type() == OnnxType.INT32 || value.type() == OnnxType.INT64;
  }
}
