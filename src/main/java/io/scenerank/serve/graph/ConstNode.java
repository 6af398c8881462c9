package io.scenerank.serve.graph;

import com.google.protobuf.ByteString;
import io.scenerank.variable.Shapes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.LongStream;
import org.tensorflow.RawTensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/** Nodes that hold a value: made of arrays and tensors, and read. */
final class ConstNode {
  static final String OP = "Const";

  private ConstNode() {}

  /** A node that holds a tensor's value. */
  static NodeDef of(String name, RawTensor value) {
    byte[] bytes = new byte[Math.toIntExact(value.data().size())];
    value.data().read(bytes);
    return of(name, value.dataType(), value.shape(), ByteString.copyFrom(bytes));
  }

  static NodeDef ofFloats(String name, Shape shape, float[] values) {
    ByteBuffer bytes = buffer(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return of(name, DataType.DT_FLOAT, shape, ByteString.copyFrom(bytes));
  }

  static NodeDef ofInts(String name, Shape shape, int... values) {
    ByteBuffer bytes = buffer(values.length * Integer.BYTES);
    bytes.asIntBuffer().put(values);
    return of(name, DataType.DT_INT32, shape, ByteString.copyFrom(bytes));
  }

  private static NodeDef of(String name, DataType type, Shape shape, ByteString content) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(type)
            .setTensorShape(Shapes.toProto(shape))
            .setTensorContent(content);
    return NodeDef.newBuilder()
        .setName(name)
        .setOp(OP)
        .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
        .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
        .build();
  }

  static Shape shape(NodeDef node) {
    return Shapes.ofProto(tensor(node).getTensorShape());
  }

  /** The values of an int32 or int64 node; those of 64 bits that an int cannot hold wrap. */
  static int[] ints(NodeDef node) {
    TensorProto tensor = tensor(node);
    int[] values = new int[Math.toIntExact(shape(node).size())];
    if (tensor.getDtype() == DataType.DT_INT64) {
      return longs(tensor, values.length);
    }
    if (tensor.getTensorContent().isEmpty()) {
      for (int i = 0; i < values.length && tensor.getIntValCount() > 0; i++) {
        // A proto leaves out the repetitions of its last value.
        values[i] = tensor.getIntVal(Math.min(i, tensor.getIntValCount() - 1));
      }
    } else {
      bytes(tensor).asIntBuffer().get(values);
    }
    return values;
  }

  private static int[] longs(TensorProto tensor, int count) {
    long[] values = new long[count];
    if (tensor.getTensorContent().isEmpty()) {
      for (int i = 0; i < count && tensor.getInt64ValCount() > 0; i++) {
        values[i] = tensor.getInt64Val(Math.min(i, tensor.getInt64ValCount() - 1));
      }
    } else {
      bytes(tensor).asLongBuffer().get(values);
    }
    return LongStream.of(values).mapToInt(value -> (int) value).toArray();
  }

  /** The values of a float32 node. */
  static float[] floats(NodeDef node) {
    TensorProto tensor = tensor(node);
    float[] values = new float[Math.toIntExact(shape(node).size())];
    if (tensor.getTensorContent().isEmpty()) {
      for (int i = 0; i < values.length && tensor.getFloatValCount() > 0; i++) {
        values[i] = tensor.getFloatVal(Math.min(i, tensor.getFloatValCount() - 1));
      }
    } else {
      bytes(tensor).asFloatBuffer().get(values);
    }
    return values;
  }

  private static TensorProto tensor(NodeDef node) {
    return node.getAttrOrThrow("value").getTensor();
  }

  private static ByteBuffer bytes(TensorProto tensor) {
    return tensor.getTensorContent().asReadOnlyByteBuffer().order(ByteOrder.nativeOrder());
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }
}
