package io.scenerank.export.onnx;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.ndarray.Shape;

/** A graph of ONNX that is being written, as {@code GraphProto}. */
final class OnnxGraph {
  /** Name of the axis of rows in shapes of inputs and outputs. */
  private static final String ROWS = "rows";

  /** The domain of operators for classical models, LabelEncoder among them. */
  static final String ML = "ai.onnx.ml";

  /** Constants of more bytes are not compared with others. */
  private static final int SMALL = 1024;

  private final Set<String> names = new HashSet<>();
  private final Map<OnnxTensor, String> constants = new HashMap<>();
  private final List<ProtoMessage> inputs = new ArrayList<>();
  private final List<ProtoMessage> outputs = new ArrayList<>();
  private final List<ProtoMessage> initializers = new ArrayList<>();
  private final List<ProtoMessage> nodes = new ArrayList<>();
  private boolean usesMl;

  /**
   * Declares a tensor that is fed.
   *
   * @param name no other name of the graph
   * @param shape the first axis, if its size is not known, is that of the rows
   * @return the name
   */
  String input(String name, OnnxType type, Shape shape) {
    inputs.add(tensor(own(name), type, shape));
    return name;
  }

  /** Declares a result, which {@link #result} gives a value. */
  void output(String name, OnnxType type, Shape shape) {
    outputs.add(tensor(own(name), type, shape));
  }

  private String own(String name) {
    if (!names.add(name)) {
      throw new IllegalStateException("two tensors are called " + name);
    }
    return name;
  }

  private static ProtoMessage tensor(String name, OnnxType type, Shape shape) {
    ProtoMessage axes = new ProtoMessage();
    for (int axis = 0; axis < shape.numDimensions(); axis++) {
      long size = shape.get(axis);
      axes.message(
          1,
          size >= 0
              ? new ProtoMessage().number(1, size)
              : new ProtoMessage().text(2, axis == 0 ? ROWS : "axis_" + axis));
    }
    ProtoMessage tensor = new ProtoMessage().number(1, type.number()).message(2, axes);
    return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
  }

  /** A name that nothing has yet: this one, or one with a number behind it. */
  private String unused(String wish) {
    String name = wish;
    for (int i = 2; !names.add(name); i++) {
      name = wish + "_" + i;
    }
    return name;
  }

  /**
   * A constant; small ones of equal values are one.
   *
   * @param wish its name, if that is not taken
   * @return its name
   */
  String constant(OnnxTensor value, String wish) {
    if (value.raw().size() > SMALL || value.type() == OnnxType.STRING) {
      return initializer(value, wish);
    }
    return constants.computeIfAbsent(value, small -> initializer(small, wish));
  }

  private String initializer(OnnxTensor value, String wish) {
    String name = unused(wish);
    initializers.add(value.toProto(name));
    return name;
  }

  /**
   * A node.
   *
   * @param wish its name, if that is not taken
   * @param count of its results
   * @return the names of its results
   */
  ImmutableList<String> node(
      String op, String wish, List<String> arguments, int count, OnnxAttribute... attributes) {
    String name = unused(wish);
    ImmutableList.Builder<String> results = ImmutableList.builder();
    for (int i = 0; i < count; i++) {
      results.add(i == 0 ? name : unused(name + ":" + i));
    }
    ImmutableList<String> all = results.build();
    add(op, name, arguments, all, attributes);
    return all;
  }

  /** A node that gives a declared output its value. */
  void result(String output, String value) {
    add("Identity", output, List.of(value), List.of(output));
  }

  private void add(
      String op,
      String name,
      List<String> arguments,
      List<String> results,
      OnnxAttribute... attributes) {
    ProtoMessage node = new ProtoMessage();
    arguments.forEach(argument -> node.text(1, argument));
    results.forEach(result -> node.text(2, result));
    node.text(3, name).text(4, op);
    for (OnnxAttribute attribute : attributes) {
      node.message(5, attribute.proto());
    }
    if (op.equals("LabelEncoder")) {
      node.text(7, ML);
      usesMl = true;
    }
    nodes.add(node);
  }

  /** Whether a node is of the domain {@link #ML}. */
  boolean usesMl() {
    return usesMl;
  }

  ProtoMessage toProto(String name) {
    ProtoMessage graph = new ProtoMessage();
    nodes.forEach(node -> graph.message(1, node));
    graph.text(2, name);
    initializers.forEach(tensor -> graph.message(5, tensor));
    inputs.forEach(input -> graph.message(11, input));
    outputs.forEach(output -> graph.message(12, output));
    return graph;
  }
}
