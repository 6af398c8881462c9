package io.scenerank.serve.graph;

import com.google.common.collect.ImmutableList;
import io.scenerank.serve.graph.SplitValue.Concatenated;
import io.scenerank.serve.graph.SplitValue.Fixed;
import io.scenerank.serve.graph.SplitValue.FlatConcatenated;
import io.scenerank.serve.graph.SplitValue.OfRows;
import io.scenerank.serve.graph.SplitValue.OfUser;
import io.scenerank.serve.graph.SplitValue.Run;
import io.scenerank.serve.graph.SplitValue.Sum;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * Keeps what is the user's and what is the candidates' apart where they stand side by side: from
 * the ids through the look-up to the first layer, whose product is a sum of two products, {@code
 * [u, c] · K = u · K_u + c · K_c}, of which the first is one row.
 */
final class ConcatRule implements SplitRule {

  @Override
  public Optional<List<SplitValue>> apply(SplitGraph graph, NodeDef node) {
    List<String> inputs = SplitGraph.inputs(node);
    if (node.getOp().equals("ConcatV2")) {
      return concat(graph, node, inputs);
    }
    if (inputs.isEmpty()) {
      return Optional.empty();
    }
    String first = inputs.get(0);
    if (graph.value(first) instanceof Concatenated concatenated) {
      return ElementOps.UNARY.contains(node.getOp())
          ? one(map(graph, node, concatenated))
          : ofBeside(graph, node, inputs, concatenated);
    }
    if (node.getOp().equals("ResourceGather")
        && graph.value(inputs.get(1)) instanceof FlatConcatenated ids
        && graph.value(first) instanceof Fixed table) {
      return one(
          new FlatConcatenated(
              graph.emitter().copy(node, List.of(table.tensor(), ids.user())),
              graph.emitter().copy(node, List.of(table.tensor(), ids.rows())),
              ids.runs()));
    }
    if (node.getOp().equals("Reshape") && graph.value(first) instanceof FlatConcatenated flat) {
      // [rows · P, D] → [rows, P, D]
      return graph
          .ints(inputs.get(1))
          .filter(
              sizes ->
                  sizes.length == 3 && sizes[0] == -1 && sizes[1] == ConcatParts.width(flat.runs()))
          .map(sizes -> List.of(unflatten(graph, node, flat, sizes[2])));
    }
    return Optional.empty();
  }

  private static Optional<List<SplitValue>> ofBeside(
      SplitGraph graph, NodeDef node, List<String> inputs, Concatenated concatenated) {
    String first = inputs.get(0);
    DataType type = graph.type(first);
    int rank = graph.rank(first);
    return switch (node.getOp()) {
      case "Add", "AddV2" ->
          graph
              .ints(inputs.get(1))
              .filter(
                  values -> rank == 2 && values.length == ConcatParts.width(concatenated.runs()))
              .map(values -> List.of(addPositions(graph, concatenated, values)));
      case "GatherV2" ->
          graph
              .ints(inputs.get(1))
              .filter(positions -> graph.axis(inputs.get(2), rank).equals(Optional.of(1)))
              .map(
                  positions ->
                      List.of(new ConcatParts(graph, type, rank).pick(concatenated, positions)));
      case "Slice" ->
          graph
              .ints(inputs.get(1))
              .flatMap(
                  begin ->
                      graph
                          .ints(inputs.get(2))
                          .filter(size -> rank == 2 && begin[0] == 0 && size[0] == -1)
                          .map(
                              size ->
                                  List.of(
                                      new ConcatParts(graph, type, rank)
                                          .part(concatenated, begin[1], size[1]))));
      case "SplitV" ->
          graph
              .ints(inputs.get(1))
              .filter(sizes -> graph.axis(inputs.get(2), rank).equals(Optional.of(1)))
              .map(sizes -> new ConcatParts(graph, type, rank).split(concatenated, sizes));
      case "Reshape" ->
          graph.ints(inputs.get(1)).flatMap(sizes -> reshape(graph, first, concatenated, sizes));
      case "MatMul" ->
          rank == 2 && isPlain(node) && graph.value(inputs.get(1)) instanceof Fixed kernel
              ? one(product(graph, concatenated, kernel.tensor()))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static boolean isPlain(NodeDef matMul) {
    return !matMul.getAttrOrThrow("transpose_a").getB()
        && !matMul.getAttrOrThrow("transpose_b").getB();
  }

  private static Concatenated map(SplitGraph graph, NodeDef node, Concatenated concatenated) {
    return new Concatenated(
        graph.emitter().copy(node, List.of(concatenated.user())),
        graph.emitter().copy(node, List.of(concatenated.rows())),
        concatenated.runs());
  }

  private static SplitValue addPositions(
      SplitGraph graph, Concatenated concatenated, int[] values) {
    NodeEmitter emitter = graph.emitter();
    return new Concatenated(
        emitter.addition(
            DataType.DT_INT32,
            concatenated.user(),
            emitter.ints(ofSide(concatenated.runs(), true, values))),
        emitter.addition(
            DataType.DT_INT32,
            concatenated.rows(),
            emitter.ints(ofSide(concatenated.runs(), false, values))),
        concatenated.runs());
  }

  /** Those of the values, one a position, that are at positions of one side. */
  private static int[] ofSide(List<Run> runs, boolean ofUser, int[] values) {
    List<Integer> kept = new ArrayList<>();
    int position = 0;
    for (Run run : runs) {
      for (int i = 0; i < run.width(); i++, position++) {
        if (run.ofUser() == ofUser) {
          kept.add(values[position]);
        }
      }
    }
    return kept.stream().mapToInt(Integer::intValue).toArray();
  }

  private static SplitValue unflatten(
      SplitGraph graph, NodeDef node, FlatConcatenated flat, int dim) {
    DataType type = graph.type(node.getName());
    NodeEmitter emitter = graph.emitter();
    return new Concatenated(
        emitter.reshape(type, flat.user(), -1, ConcatParts.width(flat.runs(), true), dim),
        emitter.reshape(type, flat.rows(), -1, ConcatParts.width(flat.runs(), false), dim),
        flat.runs());
  }

  /** [rows, P] → [rows · P], or [rows, P, D] → [rows, P · D]. */
  private static Optional<List<SplitValue>> reshape(
      SplitGraph graph, String input, Concatenated concatenated, int[] sizes) {
    DataType type = graph.type(input);
    NodeEmitter emitter = graph.emitter();
    Shape shape = graph.shape(input);
    if (shape.numDimensions() == 2 && sizes.length == 1 && sizes[0] == -1) {
      return one(
          new FlatConcatenated(
              emitter.reshape(type, concatenated.user(), -1),
              emitter.reshape(type, concatenated.rows(), -1),
              concatenated.runs()));
    }
    if (shape.numDimensions() != 3 || sizes.length != 2 || sizes[0] != -1) {
      return Optional.empty();
    }
    int dim = Math.toIntExact(shape.get(2));
    if (dim < 1 || sizes[1] != ConcatParts.width(concatenated.runs()) * dim) {
      return Optional.empty();
    }
    return one(
        new Concatenated(
            emitter.reshape(
                type, concatenated.user(), -1, ConcatParts.width(concatenated.runs(), true) * dim),
            emitter.reshape(
                type, concatenated.rows(), -1, ConcatParts.width(concatenated.runs(), false) * dim),
            concatenated.runs().stream()
                .map(run -> new Run(run.ofUser(), run.width() * dim))
                .collect(ImmutableList.toImmutableList())));
  }

  /** The product with a kernel, whose rows are taken apart as the input's columns are. */
  private static SplitValue product(SplitGraph graph, Concatenated concatenated, String kernel) {
    NodeEmitter emitter = graph.emitter();
    int[] all = IntStream.range(0, ConcatParts.width(concatenated.runs())).toArray();
    String ofUser =
        emitter.gather(DataType.DT_FLOAT, kernel, ofSide(concatenated.runs(), true, all), 0);
    String ofRows =
        emitter.gather(DataType.DT_FLOAT, kernel, ofSide(concatenated.runs(), false, all), 0);
    return new Sum(
        emitter.matMul(concatenated.user(), ofUser), emitter.matMul(concatenated.rows(), ofRows));
  }

  /** Side by side: what is the user's may join what is the candidates' without being repeated. */
  private static Optional<List<SplitValue>> concat(
      SplitGraph graph, NodeDef node, List<String> inputs) {
    List<String> parts = inputs.subList(0, inputs.size() - 1);
    int rank = graph.rank(node.getName());
    if (rank < 2
        || !graph.axis(inputs.get(inputs.size() - 1), rank).equals(Optional.of(1))
        || !parts.stream().allMatch(part -> isPart(graph, part))) {
      return Optional.empty();
    }
    ConcatParts all = new ConcatParts(graph, graph.type(node.getName()), rank);
    return Optional.of(List.of(all.join(parts)));
  }

  private static boolean isPart(SplitGraph graph, String tensor) {
    SplitValue value = graph.value(tensor);
    return graph.shape(tensor).get(1) > 0
        && (value instanceof Concatenated
            || value instanceof OfRows
            || value instanceof Sum
            || (value instanceof OfUser user && user.perRow() == 1));
  }

  private static Optional<List<SplitValue>> one(SplitValue value) {
    return Optional.of(List.of(value));
  }
}
