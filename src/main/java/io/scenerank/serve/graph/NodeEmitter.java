package io.scenerank.serve.graph;

import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** Writes the nodes of a new graph, each under a name of its own. */
final class NodeEmitter {
  private final List<NodeDef> nodes = new ArrayList<>();

  GraphNodes nodes() {
    return new GraphNodes(nodes);
  }

  private String add(NodeDef node) {
    nodes.add(node);
    return node.getName();
  }

  /** A node of the same op and attributes that reads these tensors. */
  String copy(NodeDef node, List<String> inputs) {
    return add(
        node.toBuilder().setName(name(node.getName())).clearInput().addAllInput(inputs).build());
  }

  String ints(int... values) {
    return add(ConstNode.ofInts(name("ints"), Shape.of(values.length), values));
  }

  String scalar(int value) {
    return add(ConstNode.ofInts(name("int"), Shape.scalar(), value));
  }

  String concat(DataType type, List<String> values, int axis) {
    if (values.size() == 1) {
      return values.get(0);
    }
    NodeDef.Builder node = node("ConcatV2", type).addAllInput(values).addInput(scalar(axis));
    return add(
        node.putAttr("N", AttrValue.newBuilder().setI(values.size()).build())
            .putAttr("Tidx", type(DataType.DT_INT32))
            .build());
  }

  /** Positions {@code from} to {@code from + width} on axis 1 of a tensor of this rank. */
  String slice(DataType type, String value, int rank, int from, int width) {
    int[] begin = new int[rank];
    int[] size = new int[rank];
    Arrays.fill(size, -1);
    begin[1] = from;
    size[1] = width;
    return add(
        node("Slice", type)
            .addInput(value)
            .addInput(ints(begin))
            .addInput(ints(size))
            .putAttr("Index", type(DataType.DT_INT32))
            .build());
  }

  String gather(DataType type, String value, int[] positions, int axis) {
    return add(
        NodeDef.newBuilder()
            .setName(name("GatherV2"))
            .setOp("GatherV2")
            .addInput(value)
            .addInput(ints(positions))
            .addInput(scalar(axis))
            .putAttr("Tparams", type(type))
            .putAttr("Tindices", type(DataType.DT_INT32))
            .putAttr("Taxis", type(DataType.DT_INT32))
            .putAttr("batch_dims", AttrValue.newBuilder().setI(0).build())
            .build());
  }

  String reshape(DataType type, String value, int... shape) {
    return add(
        node("Reshape", type)
            .addInput(value)
            .addInput(ints(shape))
            .putAttr("Tshape", type(DataType.DT_INT32))
            .build());
  }

  String matMul(String a, String b) {
    return add(
        node("MatMul", DataType.DT_FLOAT)
            .addInput(a)
            .addInput(b)
            .putAttr("transpose_a", AttrValue.newBuilder().setB(false).build())
            .putAttr("transpose_b", AttrValue.newBuilder().setB(false).build())
            .build());
  }

  String biasAdd(String rows, String bias) {
    return add(node("BiasAdd", DataType.DT_FLOAT).addInput(rows).addInput(bias).build());
  }

  String addition(DataType type, String a, String b) {
    return add(node("AddV2", type).addInput(a).addInput(b).build());
  }

  /** The value below itself, as often as {@code times} [1] says. */
  String tile(DataType type, String value, int rank, String times) {
    int[] ones = new int[rank - 1];
    Arrays.fill(ones, 1);
    String multiples = rank == 1 ? times : concat(DataType.DT_INT32, List.of(times, ints(ones)), 0);
    return add(
        node("Tile", type)
            .addInput(value)
            .addInput(multiples)
            .putAttr("Tmultiples", type(DataType.DT_INT32))
            .build());
  }

  /** The first dimension of a tensor, [1]. */
  String rows(DataType type, String value) {
    String shape =
        add(
            node("Shape", type)
                .addInput(value)
                .putAttr("out_type", type(DataType.DT_INT32))
                .build());
    return add(
        node("Slice", DataType.DT_INT32)
            .addInput(shape)
            .addInput(ints(0))
            .addInput(ints(1))
            .putAttr("Index", type(DataType.DT_INT32))
            .build());
  }

  String placeholder(String name, DataType type, Shape shape) {
    return add(
        NodeDef.newBuilder()
            .setName(name)
            .setOp("Placeholder")
            .putAttr("dtype", type(type))
            .putAttr("shape", AttrValue.newBuilder().setShape(Shapes.toProto(shape)).build())
            .build());
  }

  private NodeDef.Builder node(String op, DataType type) {
    return NodeDef.newBuilder().setName(name(op)).setOp(op).putAttr("T", type(type));
  }

  private String name(String base) {
    return base + "/" + nodes.size();
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }
}
