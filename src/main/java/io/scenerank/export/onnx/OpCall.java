package io.scenerank.export.onnx;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Floats;
import com.google.common.primitives.ImmutableLongArray;
import io.scenerank.config.InvalidInputException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** One op of TensorFlow's graph: what a form reads of it, and where it writes its nodes. */
final class OpCall {
  private final ServedGraph served;
  private final Constants constants;
  private final OnnxGraph graph;
  private final Map<String, String> written;
  private final IndexSigns signs;
  private final NodeDef node;
  private final ImmutableList<String> inputs;

  /**
   * @param written the names of tensors in ONNX
   */
  OpCall(
      ServedGraph served,
      Constants constants,
      OnnxGraph graph,
      Map<String, String> written,
      IndexSigns signs,
      NodeDef node) {
    this.served = served;
    this.constants = constants;
    this.graph = graph;
    this.written = written;
    this.signs = signs;
    this.node = node;
    this.inputs = ServedGraph.values(node);
  }

  /** An error for a type that ONNX Runtime does not compute with, or not as TensorFlow does. */
  static InvalidInputException refusedType(String node, DataType type) {
    return new InvalidInputException(
        String.format(
            "node '%s' has the type %s, which has no form in ONNX", node, OnnxType.name(type)));
  }

  /** An error that names the node and its op. */
  InvalidInputException refuse(String why) {
    return new InvalidInputException(
        String.format("node '%s' (%s) has no form in ONNX: %s", node.getName(), node.getOp(), why));
  }

  String op() {
    return node.getOp();
  }

  int inputs() {
    return inputs.size();
  }

  int outputs() {
    return served.outputs(node);
  }

  /** Name of an input in ONNX. */
  String in(int index) {
    String tensor = inputs.get(index);
    return Optional.ofNullable(written.get(tensor))
        .orElseGet(
            () -> {
              String name = graph.constant(value(index), constants.wish(tensor));
              written.put(tensor, name);
              return name;
            });
  }

  /** All inputs. */
  ImmutableList<String> all() {
    return IntStream.range(0, inputs()).mapToObj(this::in).collect(ImmutableList.toImmutableList());
  }

  /** The value of an input that no input of the graph decides. */
  Optional<OnnxTensor> constant(int index) {
    return constants.find(inputs.get(index));
  }

  private OnnxTensor value(int index) {
    return constant(index).orElseThrow(() -> refuse("input " + index + " is not constant"));
  }

  /** The integers of an input. */
  long[] longs(int index) {
    return value(index).longs();
  }

  /** Whether an input is never below 0. */
  boolean isNeverNegative(int index) {
    return signs.isNeverNegative(inputs.get(index));
  }

  /** An input of integers as int64. */
  String int64(int index) {
    Optional<OnnxTensor> value = constant(index);
    if (value.isPresent()) {
      return constant(value.get().asInt64());
    }
    return type(index) == OnnxType.INT64 ? in(index) : cast(in(index), OnnxType.INT64);
  }

  Shape shape(int index) {
    return served.shape(inputs.get(index));
  }

  int rank(int index) {
    Shape shape = shape(index);
    if (shape.isUnknown()) {
      throw refuse("the rank of input " + index + " is not known");
    }
    return shape.numDimensions();
  }

  OnnxType type(int index) {
    return known(served.type(inputs.get(index)));
  }

  OnnxType resultType(int index) {
    return known(served.type(node.getName() + ":" + index));
  }

  private OnnxType known(DataType type) {
    return OnnxType.find(type).orElseThrow(() -> refusedType(node.getName(), type));
  }

  /** An axis that an input names, counted from the front. */
  long axis(int index, int rank) {
    return fromFront(value(index).longs()[0], rank);
  }

  static long fromFront(long axis, int rank) {
    return axis < 0 ? axis + rank : axis;
  }

  /** The axes that an input names, counted from the front, in order. */
  long[] axes(int index, int rank) {
    return LongStream.of(longs(index)).map(axis -> fromFront(axis, rank)).sorted().toArray();
  }

  private AttrValue attribute(String name) {
    return node.getAttrOrThrow(name);
  }

  boolean flag(String name) {
    return node.containsAttr(name) && attribute(name).getB();
  }

  long number(String name) {
    return attribute(name).getI();
  }

  float real(String name) {
    return attribute(name).getF();
  }

  String text(String name) {
    return attribute(name).getS().toStringUtf8();
  }

  long[] numbers(String name) {
    return attribute(name).getList().getIList().stream().mapToLong(Long::longValue).toArray();
  }

  float[] reals(String name) {
    return Floats.toArray(attribute(name).getList().getFList());
  }

  /** Adds a node with one result. */
  String add(String op, List<String> arguments, OnnxAttribute... attributes) {
    return add(op, arguments, 1, attributes).get(0);
  }

  /** Adds a node with one result and without attributes. */
  String add(String op, String... arguments) {
    return add(op, List.of(arguments));
  }

  ImmutableList<String> add(
      String op, List<String> arguments, int results, OnnxAttribute... attributes) {
    return graph.node(op, node.getName(), arguments, results, attributes);
  }

  String cast(String value, OnnxType type) {
    return add("Cast", List.of(value), OnnxAttribute.of("to", type.number()));
  }

  String constant(OnnxTensor value) {
    return graph.constant(value, node.getName() + "/constant");
  }

  String scalar(OnnxType type, double value) {
    return constant(OnnxTensor.scalar(type, value));
  }

  /** A vector of int64, as ONNX has its axes and shapes. */
  String vector(long... values) {
    return constant(OnnxTensor.ofLongs(values));
  }

  /** A vector of int64 of known sizes, or null where one is not known. */
  Optional<ImmutableLongArray> sizes(int index) {
    Shape shape = shape(index);
    return shape.hasUnknownDimension()
        ? Optional.empty()
        : Optional.of(ImmutableLongArray.copyOf(shape.asArray()));
  }

  /** All texts that the graph holds as constants. */
  ImmutableList<OnnxTensor> texts() {
    return constants.texts();
  }

  /** The node that computes an input. */
  NodeDef source(int index) {
    return served.nodeOf(inputs.get(index));
  }

  /** Whether an input is a constant or chosen from one. */
  boolean isOfConstants(int index) {
    return constant(index).isPresent()
        || (source(index).getOp().equals("GatherV2")
            && constants.find(ServedGraph.values(source(index)).get(0)).isPresent());
  }
}
