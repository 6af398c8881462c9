package io.scenerank.export.onnx;

import ai.onnxruntime.OrtException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.index.Indices;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Functions of single values and shapes in ONNX, at the values where it differs by itself. */
class ElementFormsTest {
  @Test
  void functionsOfOneValue() throws OrtException {
    try (OpGraph in = new OpGraph()) {
      Ops tf = in.tf;
      Operand<TFloat32> x = in.x;
      Operand<TFloat32> inside =
          tf.math.mul(tf.math.tanh(x), tf.constant(0.9f)); // where functions are not steep
      Operand<TFloat32> positive = tf.math.add(tf.math.abs(x), tf.constant(1e-6f));
      Operand<TFloat32> strange =
          tf.math.div(x, tf.math.sub(x, tf.constant(4f))); // infinite where x is 4
      in.put("abs", tf.math.abs(x));
      in.put("acos", tf.math.acos(inside));
      in.put("acosh", tf.math.acosh(tf.math.add(positive, tf.constant(1f))));
      in.put("asin", tf.math.asin(inside));
      in.put("asinh", tf.math.asinh(positive));
      in.put("atan", tf.math.atan(x));
      in.put("atanh", tf.math.atanh(inside));
      in.put("ceil", tf.math.ceil(x));
      in.put("cos", tf.math.cos(x));
      in.put("cosh", tf.math.cosh(inside));
      in.put("elu", tf.nn.elu(x));
      in.put("erf", tf.math.erf(x));
      in.put("exp", tf.math.exp(inside));
      in.put("expm1", tf.math.expm1(x));
      in.put("floor", tf.math.floor(x));
      in.put("isFinite", tf.math.isFinite(strange));
      in.put("isInf", tf.math.isInf(strange));
      in.put("isNan", tf.math.isNan(tf.math.log(x)));
      in.put("leakyRelu", tf.nn.leakyRelu(x));
      in.put("log", tf.math.log(positive));
      in.put("log1p", tf.math.log1p(positive));
      in.put("log1pOfInfinity", tf.math.log1p(tf.math.abs(strange)));
      in.put("neg", tf.math.neg(in.ids));
      in.put("not", tf.math.logicalNot(tf.math.less(x, tf.constant(0f))));
      in.put("reciprocal", tf.math.reciprocal(positive));
      in.put("relu", tf.nn.relu(x));
      in.put("relu6", tf.nn.relu6(x));
      in.put("round", tf.math.round(x));
      in.put("rsqrt", tf.math.rsqrt(positive));
      in.put("selu", tf.nn.selu(x));
      in.put("sigmoid", tf.math.sigmoid(x));
      in.put("sign", tf.math.sign(in.ids));
      in.put("sin", tf.math.sin(x));
      in.put("sinh", tf.math.sinh(inside));
      in.put("softplus", tf.math.softplus(x));
      in.put("softsign", tf.nn.softsign(x));
      in.put("sqrt", tf.math.sqrt(positive));
      in.put("square", tf.math.square(x));
      in.put("tan", tf.math.tan(inside));
      in.put("tanh", tf.math.tanh(x));
      in.put("toInt", tf.dtypes.cast(x, TInt32.class));
      in.put("bucketize", tf.bucketize(x, List.of(-3.5f, 0f, 0.25f, 20f)));
      in.compare();
    }
  }

  @Test
  void functionsOfTwoValues() throws OrtException {
    try (OpGraph in = new OpGraph()) {
      Ops tf = in.tf;
      Operand<TFloat32> x = in.x;
      Operand<TInt32> ids = in.ids;
      Operand<TFloat32> other = tf.constant(new float[] {2, -2, 0.5f, -3});
      Operand<TInt32> divisor = tf.constant(new int[] {3, -3, 2, -2});
      Operand<TFloat32> zeros = tf.constant(new float[] {0, 1, 0, 2});
      in.put("add", tf.math.add(x, other));
      in.put("addN", tf.math.addN(List.of(x, x, x)));
      in.put("sub", tf.math.sub(ids, divisor));
      in.put("div", tf.math.div(x, other));
      in.put("truncateDiv", tf.math.truncateDiv(ids, divisor));
      in.put("floorDiv", tf.math.floorDiv(ids, divisor));
      in.put("floorDivOfFloats", tf.math.floorDiv(x, other));
      in.put("floorMod", tf.math.floorMod(ids, divisor));
      in.put("floorModOfFloats", tf.math.floorMod(x, other));
      in.put("truncateMod", tf.math.truncateMod(ids, divisor));
      in.put("divNoNan", tf.math.divNoNan(x, zeros));
      in.put("mulNoNan", tf.math.mulNoNan(x, zeros));
      in.put("maximum", tf.math.maximum(x, other));
      in.put("minimum", tf.math.minimum(ids, divisor));
      in.put("pow", tf.math.pow(tf.math.abs(x), tf.constant(1.5f)));
      in.put("squaredDifference", tf.math.squaredDifference(x, other));
      in.put("clipThatCrosses", tf.clipByValue(x, tf.constant(1f), tf.constant(-1f)));
      in.put("equal", tf.math.equal(ids, tf.constant(4)));
      in.put("notEqual", tf.math.notEqual(x, tf.constant(4f)));
      in.put("lessEqual", tf.math.lessEqual(ids, divisor));
      in.put("greaterEqual", tf.math.greaterEqual(x, other));
      Operand<? extends TType> chosen =
          tf.select(
              tf.math.greater(x, other), tf.math.less(ids, divisor), tf.math.equal(ids, divisor));
      in.put("selectOfTruths", chosen);
      in.put("select", tf.select(tf.math.greater(x, tf.constant(0f)), x, other));
      in.put("and", tf.math.logicalAnd(tf.math.less(x, other), tf.math.less(ids, divisor)));
      in.put("or", tf.math.logicalOr(tf.math.less(x, other), tf.math.less(ids, divisor)));
      in.compare();
    }
  }

  @Test
  void shapesAndParts() throws OrtException {
    try (OpGraph in = new OpGraph()) {
      Ops tf = in.tf;
      Operand<TFloat32> x = in.x;
      Operand<TInt32> rows = tf.slice(tf.shape(x), OpGraph.ints(tf, 0), OpGraph.ints(tf, 1));
      Operand<TFloat32> cube = tf.reshape(x, OpGraph.ints(tf, -1, 2, 2));
      in.put("reshape", cube);
      in.put(
          "reshapeOfSize",
          tf.reshape(x, tf.concat(List.of(rows, OpGraph.ints(tf, 2, 2)), tf.constant(0))));
      in.put("expandDims", tf.expandDims(x, tf.constant(-1)));
      in.put("squeeze", tf.squeeze(tf.expandDims(x, tf.constant(1)), Squeeze.axis(List.of(-2L))));
      in.put("shape", tf.shape(x));
      in.put("size", tf.size(x));
      in.put("fill", tf.fill(tf.shape(x), tf.constant(2.5f)));
      in.put("zerosLike", tf.zerosLike(in.ids));
      in.put("broadcastTo", tf.broadcastTo(tf.constant(new float[] {1, 2, 3, 4}), tf.shape(x)));
      in.put("tile", tf.tile(x, OpGraph.ints(tf, 2, 3)));
      in.put("range", tf.range(tf.constant(0), tf.squeeze(rows), tf.constant(1)));
      in.put("transpose", tf.linalg.transpose(cube, OpGraph.ints(tf, 2, 0, 1)));
      in.put("concat", tf.concat(List.of(x, x), tf.constant(-1)));
      in.put("stack", tf.stack(List.of(x, x), Stack.axis(-1L)));
      in.put("unstack", tf.unstack(x, 4L, Unstack.axis(1L)).output().get(2));
      in.put("split", tf.split(tf.constant(1), x, 2L).output().get(1));
      in.put(
          "splitRest", tf.splitV(x, OpGraph.ints(tf, 1, -1), tf.constant(1), 2L).output().get(1));
      in.put("slice", tf.slice(x, OpGraph.ints(tf, 0, 1), OpGraph.ints(tf, -1, 2)));
      in.put(
          "sliceOfSize",
          tf.slice(
              x,
              OpGraph.ints(tf, 0, 0),
              tf.concat(List.of(rows, OpGraph.ints(tf, 3)), tf.constant(0))));
      in.put("last", tf.stridedSlice(x, Indices.all(), Indices.at(-1)));
      in.put("backwards", tf.stridedSlice(x, Indices.all(), Indices.slice(3, 0, -2)));
      in.put("newAxis", tf.stridedSlice(x, Indices.newAxis(), Indices.ellipsis(), Indices.at(1)));
      in.put("reverse", tf.reverse(cube, OpGraph.ints(tf, 1, -1)));
      in.put("pad", tf.pad(x, OpGraph.matrix(tf, 1, 0, 0, 2), tf.constant(7f)));
      in.put("mirrorPad", tf.mirrorPad(x, OpGraph.matrix(tf, 1, 1, 2, 0), "REFLECT"));
      in.compare();
    }
  }
}
