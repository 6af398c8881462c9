package io.scenerank.export;

import io.scenerank.variable.OpNames;
import io.scenerank.variable.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.family.TType;

/** How a graph's tensors are called, in the graph and in its signatures. */
final class GraphNames {
  private GraphNames() {}

  /** What a signature says of a tensor. */
  static TensorInfo info(Operand<? extends TType> operand) {
    return TensorInfo.newBuilder()
        .setName(tensorName(operand))
        .setDtype(operand.asOutput().dataType())
        .setTensorShape(Shapes.toProto(operand.shape()))
        .build();
  }

  /** The name of a tensor: its op's, and which output of the op it is. */
  static String tensorName(Operand<?> operand) {
    return operand.op().name() + ":" + operand.asOutput().index();
  }

  /** A feature may have any name; an op's is ASCII. The signature keeps the feature's name. */
  static String opName(String name) {
    // Ops.withName takes no slash.
    return OpNames.ascii(name.replace('/', '_'));
  }
}
