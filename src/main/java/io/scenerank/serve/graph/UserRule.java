package io.scenerank.serve.graph;

import com.google.common.collect.ImmutableSet;
import io.scenerank.serve.graph.SplitValue.Fixed;
import io.scenerank.serve.graph.SplitValue.OfUser;
import io.scenerank.serve.graph.SplitValue.ShapeOfUser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.NodeDef;

/**
 * What reads the user and constants alone is computed for the user alone, if the op is known to
 * keep rows apart.
 */
final class UserRule implements SplitRule {
  private static final ImmutableSet<String> REDUCTIONS =
      ImmutableSet.of("All", "Any", "Max", "Mean", "Min", "Prod", "Sum");

  /** Of as many equal rows they are what they are of one. */
  private static final ImmutableSet<String> AVERAGES = ImmutableSet.of("Max", "Mean", "Min");

  private static final ImmutableSet<String> SHAPE_OPS =
      ImmutableSet.of("ConcatV2", "Slice", "StridedSlice");

  @Override
  public Optional<List<SplitValue>> apply(SplitGraph graph, NodeDef node) {
    List<String> inputs = SplitGraph.inputs(node);
    List<String> tensors = new ArrayList<>();
    List<OfUser> users = new ArrayList<>();
    List<ShapeOfUser> shapes = new ArrayList<>();
    for (String input : inputs) {
      SplitValue value = graph.value(input);
      if (value instanceof Fixed fixed) {
        tensors.add(fixed.tensor());
      } else if (value instanceof OfUser user) {
        tensors.add(user.tensor());
        users.add(user);
      } else if (value instanceof ShapeOfUser shape) {
        tensors.add(shape.tensor());
        shapes.add(shape);
      } else {
        return Optional.empty();
      }
    }
    if (users.isEmpty() && shapes.isEmpty()) {
      return Optional.of(graph.copy(node, tensors).stream().<SplitValue>map(Fixed::new).toList());
    }
    return users.isEmpty()
        ? ofShape(graph, node, tensors, shapes)
        : ofUser(graph, node, inputs, tensors, users, shapes);
  }

  private static Optional<List<SplitValue>> ofShape(
      SplitGraph graph, NodeDef node, List<String> tensors, List<ShapeOfUser> shapes) {
    long perRow = shapes.get(0).perRow();
    if (SHAPE_OPS.contains(node.getOp())) {
      return one(new ShapeOfUser(graph.copy(node, tensors).get(0), perRow));
    }
    return node.getOp().equals("BroadcastTo")
        ? one(new OfUser(graph.copy(node, tensors).get(0), perRow))
        : Optional.empty();
  }

  private static Optional<List<SplitValue>> ofUser(
      SplitGraph graph,
      NodeDef node,
      List<String> inputs,
      List<String> tensors,
      List<OfUser> users,
      List<ShapeOfUser> shapes) {
    long perRow = users.get(0).perRow();
    if (!shapes.isEmpty() && !node.getOp().equals("Reshape")) {
      return Optional.empty();
    }
    switch (node.getOp()) {
      case "Shape" -> {
        return one(new ShapeOfUser(graph.copy(node, tensors).get(0), perRow));
      }
      case "Reshape" -> {
        return reshape(graph, node, inputs, tensors, perRow);
      }
      case "Unique", "UniqueV2" -> {
        List<String> unique = graph.copy(node, tensors);
        return Optional.of(List.of(new Fixed(unique.get(0)), new OfUser(unique.get(1), perRow)));
      }
      default -> {}
    }
    if (AVERAGES.contains(node.getOp()) && isOverRows(graph, inputs).orElse(false)) {
      return one(new Fixed(graph.copy(node, tensors).get(0)));
    }
    boolean alike =
        perRow != SplitValue.UNKNOWN && users.stream().allMatch(user -> user.perRow() == perRow);
    return alike && keepsRowsApart(graph, node, inputs, users.size())
        ? Optional.of(
            graph.copy(node, tensors).stream()
                .<SplitValue>map(tensor -> new OfUser(tensor, perRow))
                .toList())
        : Optional.empty();
  }

  private static boolean keepsRowsApart(
      SplitGraph graph, NodeDef node, List<String> inputs, int users) {
    String first = inputs.get(0);
    int rank = graph.rank(first);
    boolean firstIsUser = graph.value(first) instanceof OfUser;
    if (ElementOps.contains(node.getOp())) {
      return broadcastsOverRows(graph, inputs);
    }
    return switch (node.getOp()) {
      case "BiasAdd", "Softmax" -> firstIsUser && rank > 1;
      case "MatMul" -> firstIsUser && users == 1 && !node.getAttrOrThrow("transpose_a").getB();
      case "BatchMatMulV2", "BatchMatMulV3" ->
          users == 2 && rank > 2 && rank == graph.rank(inputs.get(1));
      case "ResourceGather" -> node.getAttrOrThrow("batch_dims").getI() == 0;
      case "OneHot" -> firstIsUser && users == 1 && node.getAttrOrThrow("axis").getI() == -1;
      case "GatherV2" ->
          (node.getAttrOrThrow("batch_dims").getI() == 0 && firstIsUser)
              ? users == 1 && graph.axis(inputs.get(2), rank).filter(axis -> axis > 0).isPresent()
              : graph.axis(inputs.get(2), rank).filter(axis -> axis == 0).isPresent();
      case "ExpandDims" -> graph.axis(inputs.get(1), rank + 1).filter(axis -> axis > 0).isPresent();
      case "Squeeze" -> {
        List<Long> axes = node.getAttrOrThrow("squeeze_dims").getList().getIList();
        yield !axes.isEmpty() && axes.stream().noneMatch(axis -> axis == 0 || axis == -rank);
      }
      case "Transpose" -> graph.ints(inputs.get(1)).filter(axes -> axes[0] == 0).isPresent();
      case "Slice" ->
          graph.ints(inputs.get(1)).filter(begin -> begin[0] == 0).isPresent()
              && graph.ints(inputs.get(2)).filter(size -> size[0] == -1).isPresent();
      case "Split" ->
          graph.axis(first, graph.rank(inputs.get(1))).filter(axis -> axis > 0).isPresent();
      case "SplitV" -> graph.axis(inputs.get(2), rank).filter(axis -> axis > 0).isPresent();
      case "Unpack" -> {
        long axis = node.getAttrOrThrow("axis").getI();
        yield axis != 0 && axis != -rank;
      }
      case "Pack" -> {
        long axis = node.getAttrOrThrow("axis").getI();
        yield users == inputs.size() && (axis < 0 ? axis + rank + 1 : axis) > 0;
      }
      case "ConcatV2" ->
          users == inputs.size() - 1
              && graph
                  .axis(inputs.get(inputs.size() - 1), rank)
                  .filter(axis -> axis > 0)
                  .isPresent();
      default -> REDUCTIONS.contains(node.getOp()) && !isOverRows(graph, inputs).orElse(true);
    };
  }

  /** Whether no constant reaches the axis of the rows, unless it is one row itself. */
  private static boolean broadcastsOverRows(SplitGraph graph, List<String> inputs) {
    int[] ranks = inputs.stream().mapToInt(graph::rank).toArray();
    int rank = Arrays.stream(ranks).max().orElse(0);
    return IntStream.range(0, ranks.length)
        .allMatch(
            i ->
                graph.value(inputs.get(i)) instanceof OfUser
                    ? ranks[i] == rank
                    : ranks[i] >= 0 && (ranks[i] < rank || graph.shape(inputs.get(i)).get(0) == 1));
  }

  /** Whether a reduction is over the axis of the rows; empty if its axes are unknown. */
  private static Optional<Boolean> isOverRows(SplitGraph graph, List<String> inputs) {
    int rank = graph.rank(inputs.get(0));
    return graph
        .ints(inputs.get(1))
        .map(axes -> Arrays.stream(axes).anyMatch(axis -> axis == 0 || axis == -rank));
  }

  private static Optional<List<SplitValue>> reshape(
      SplitGraph graph, NodeDef node, List<String> inputs, List<String> tensors, long perRow) {
    SplitValue target = graph.value(inputs.get(1));
    boolean keepsRows =
        target instanceof ShapeOfUser
            || graph
                .ints(inputs.get(1))
                .filter(sizes -> sizes.length > 0 && sizes[0] == -1)
                .isPresent();
    if (!keepsRows || !(graph.value(inputs.get(0)) instanceof OfUser)) {
      return Optional.empty();
    }
    long in = rowSize(graph.shape(inputs.get(0)));
    long out = rowSize(graph.shape(node.getName()));
    boolean known = in > 0 && out > 0 && perRow > 0 && perRow * in % out == 0;
    long newPerRow = known ? perRow * in / out : SplitValue.UNKNOWN;
    return one(new OfUser(graph.copy(node, tensors).get(0), newPerRow));
  }

  /** The number of elements behind the first axis; -1 if it is unknown. */
  private static long rowSize(Shape shape) {
    return shape.isUnknown() || shape.numDimensions() == 0
        ? -1
        : shape.numDimensions() == 1 ? 1 : shape.tail().size();
  }

  private static Optional<List<SplitValue>> one(SplitValue value) {
    return Optional.of(List.of(value));
  }
}
