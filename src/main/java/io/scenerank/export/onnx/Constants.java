package io.scenerank.export.onnx;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.variable.OpNames;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * The values that no input decides, at the edge to those that inputs decide: variables, and what is
 * computed of them and of constants. TensorFlow computes them once.
 */
final class Constants {
  /** An .onnx file is one message of protobuf, which is below 2 GiB; the rest is for its nodes. */
  private static final long MOST_BYTES = (2L << 30) - (64L << 20);

  private static final String READ = "ReadVariableOp";

  private final ImmutableMap<String, OnnxTensor> values;
  private final ImmutableMap<String, String> wishes;

  private Constants(ImmutableMap<String, OnnxTensor> values, ImmutableMap<String, String> wishes) {
    this.values = values;
    this.wishes = wishes;
  }

  /**
   * Computes them.
   *
   * @param session holds the variables
   * @throws InvalidInputException if they do not fit into a file, or one has a type without a form
   */
  static Constants of(ServedGraph served, Session session) {
    Set<String> edge = new LinkedHashSet<>();
    for (NodeDef node : served.dependentNodes()) {
      for (String input : ServedGraph.values(node)) {
        if (!served.isInput(node) && !served.isDependent(input)) {
          edge.add(input);
        }
      }
    }
    Map<String, Output<?>> wanted = new LinkedHashMap<>();
    ImmutableMap.Builder<String, String> wishes = ImmutableMap.builder();
    for (String tensor : edge) {
      NodeDef node = served.nodeOf(tensor);
      boolean isVariable = served.type(tensor) == DataType.DT_RESOURCE;
      wanted.put(tensor, isVariable ? read(session.graph(), node) : served.output(tensor));
      wishes.put(tensor, isVariable ? path(node) : wish(served, node));
    }
    requireFitting(wanted);
    return new Constants(fetch(session, wanted), wishes.buildOrThrow());
  }

  /** The name of a variable where it is read, of the node otherwise. */
  private static String wish(ServedGraph served, NodeDef node) {
    return node.getOp().equals(READ)
        ? path(served.nodeOf(ServedGraph.values(node).get(0)))
        : node.getName();
  }

  private static String path(NodeDef handle) {
    return handle.getOp().equals("VarHandleOp")
        ? handle.getAttrOrThrow("shared_name").getS().toStringUtf8()
        : handle.getName();
  }

  /** Reads a variable. */
  private static Output<?> read(Graph graph, NodeDef handle) {
    String name = handle.getName() + "/onnx/read";
    Operation known = graph.operation(name);
    if (known != null) {
      return known.output(0);
    }
    return graph
        .opBuilder(READ, name, graph.baseScope())
        .addInput(requireNonNull(graph.operation(handle.getName()), name).output(0))
        .setAttr("dtype", handle.getAttrOrThrow("dtype").getType())
        .build()
        .output(0);
  }

  private static void requireFitting(Map<String, Output<?>> wanted) {
    long bytes =
        wanted.values().stream()
            .mapToLong(
                output ->
                    OnnxType.find(output.dataType()).map(OnnxType::bytes).orElse(0)
                        * Math.max(0, output.shape().size()))
            .sum();
    if (bytes > MOST_BYTES) {
      Map.Entry<String, Output<?>> largest =
          wanted.entrySet().stream()
              .max(
                  Map.Entry.comparingByValue(
                      (a, b) -> Long.compare(a.shape().size(), b.shape().size())))
              .orElseThrow();
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "the model has %,d bytes of weights, expected at most %,d, the most that one .onnx file holds; the"
                  + " largest is '%s' %s",
              bytes,
              MOST_BYTES,
              OpNames.ofInput(largest.getKey()),
              largest.getValue().shape()));
    }
  }

  private static ImmutableMap<String, OnnxTensor> fetch(
      Session session, Map<String, Output<?>> wanted) {
    ImmutableMap.Builder<String, OnnxTensor> values = ImmutableMap.builder();
    List<String> names = ImmutableList.copyOf(wanted.keySet());
    if (names.isEmpty()) {
      return ImmutableMap.of();
    }
    Session.Runner runner = session.runner();
    wanted.values().forEach(runner::fetch);
    try (Result result = runner.run()) {
      for (int i = 0; i < names.size(); i++) {
        String name = names.get(i);
        Output<?> output = requireNonNull(wanted.get(name), name);
        OnnxType type =
            OnnxType.find(output.dataType())
                .orElseThrow(() -> OpCall.refusedType(output.op().name(), output.dataType()));
        values.put(name, OnnxTensor.of(type, result.get(i)));
      }
    }
    return values.buildOrThrow();
  }

  /** The value of a tensor, if no input decides it. */
  Optional<OnnxTensor> find(String tensor) {
    return Optional.ofNullable(values.get(tensor));
  }

  /** What a constant would be called. */
  String wish(String tensor) {
    return requireNonNull(wishes.get(tensor), tensor);
  }

  /** All texts that occur. */
  ImmutableList<OnnxTensor> texts() {
    return values.values().stream()
        .filter(value -> value.type() == OnnxType.STRING)
        .collect(ImmutableList.toImmutableList());
  }
}
