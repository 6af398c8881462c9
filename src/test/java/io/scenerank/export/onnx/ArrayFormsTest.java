package io.scenerank.export.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.onnxruntime.OrtException;
import com.google.common.hash.Hashing;
import io.scenerank.config.InvalidInputException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.OneHot;
import org.tensorflow.op.core.Unique;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.math.Cumsum;
import org.tensorflow.op.nn.BlockLSTM;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/** Reductions, look-ups and products in ONNX, at the values where it differs by itself. */
class ArrayFormsTest {
  @Test
  void reductions() throws OrtException {
    try (OpGraph in = new OpGraph()) {
      Ops tf = in.tf;
      Operand<TFloat32> x = in.x;
      Operand<TFloat32> withNan = tf.math.log(tf.math.add(x, tf.constant(20f))); // log of -70
      Operand<TFloat32> none =
          tf.slice(x, OpGraph.ints(tf, 0, 0), OpGraph.ints(tf, 0, -1)); // [0, 4]
      in.put("sum", tf.reduceSum(x, tf.constant(-1)));
      in.put("sumOfNoAxes", tf.reduceSum(x, tf.constant(new int[0])));
      in.put("sumOfInts", tf.reduceSum(in.ids, OpGraph.ints(tf, 0, 1)));
      in.put("prod", tf.reduceProd(in.ids, tf.constant(1)));
      in.put("max", tf.reduceMax(x, tf.constant(0)));
      in.put("maxWithNan", tf.reduceMax(withNan, tf.constant(1)));
      in.put("minWithNan", tf.reduceMin(withNan, tf.constant(0)));
      in.put("mean", tf.math.mean(x, tf.constant(1)));
      in.put("meanOfRows", tf.math.mean(x, tf.constant(0)));
      in.put("meanOfNothing", tf.math.mean(none, tf.constant(0)));
      in.put("all", tf.reduceAll(tf.math.less(x, tf.constant(4.5f)), tf.constant(1)));
      in.put("any", tf.reduceAny(tf.math.less(x, tf.constant(-20f)), tf.constant(1)));
      in.put("argMax", tf.math.argMax(x, tf.constant(1), TInt32.class));
      in.put("argMin", tf.math.argMin(x, tf.constant(0), TInt32.class));
      in.put("softmax", tf.nn.softmax(x));
      in.put("softmaxOfCube", tf.nn.softmax(tf.reshape(x, OpGraph.ints(tf, -1, 2, 2))));
      in.put("logSoftmax", tf.nn.logSoftmax(tf.reshape(x, OpGraph.ints(tf, -1, 2, 2))));
      in.put("cumsum", tf.math.cumsum(in.ids, tf.constant(1)));
      in.put(
          "cumsumBackwards",
          tf.math.cumsum(in.ids, tf.constant(1), Cumsum.exclusive(true), Cumsum.reverse(true)));
      in.put("topK", tf.nn.topK(x, tf.constant(3), TInt32.class).values());
      in.put("topKOfTies", tf.nn.topK(x, tf.constant(3), TInt32.class).indices());
      in.compare();
    }
  }

  @Test
  void lookUps() throws OrtException {
    try (OpGraph in = new OpGraph()) {
      Ops tf = in.tf;
      Operand<TInt32> places = tf.math.floorMod(in.ids, tf.constant(4));
      Operand<TFloat32> table = tf.constant(new float[][] {{1, 2}, {3, 4}, {5, 6}, {7, 8}});
      in.put("gather", tf.gather(table, places, tf.constant(0)));
      in.put("gatherAlongTheLast", tf.gather(in.x, OpGraph.ints(tf, 3, 0), tf.constant(-1)));
      in.put("gatherInEachRow", tf.gather(in.x, places, tf.constant(1), Gather.batchDims(1L)));
      in.put("oneHot", tf.oneHot(in.ids, tf.constant(4), tf.constant(1f), tf.constant(0f)));
      in.put(
          "oneHotInFront",
          tf.oneHot(in.ids, tf.constant(4), tf.constant(3f), tf.constant(-1f), OneHot.axis(0L)));
      Operand<TInt32> flat = tf.reshape(places, OpGraph.ints(tf, -1));
      Unique<TInt32, TInt32> unique = tf.unique(flat, tf.constant(new int[0]));
      in.put("unique", unique.y());
      in.put("placesOfUnique", unique.idx());
      in.put(
          "segmentSum",
          tf.math.unsortedSegmentSum(
              tf.reshape(in.x, OpGraph.ints(tf, -1)), tf.math.abs(unique.idx()), tf.constant(6)));
      long[] keys = {-9, -7, 0, 2, 2, 5, 6};
      Operand<TInt64> wanted =
          tf.dtypes.cast(
              tf.expandDims(tf.reshape(in.ids, OpGraph.ints(tf, -1)), tf.constant(0)),
              TInt64.class);
      in.put("lowerBound", tf.lowerBound(tf.expandDims(tf.constant(keys), tf.constant(0)), wanted));
      in.compare();
    }
  }

  @Test
  void products() throws OrtException {
    try (OpGraph in = new OpGraph()) {
      Ops tf = in.tf;
      Operand<TFloat32> x = tf.math.tanh(in.x);
      Operand<TFloat32> kernel = tf.constant(OpGraph.values(4, 3));
      Operand<TFloat32> cube = tf.reshape(x, OpGraph.ints(tf, -1, 2, 2));
      in.put("matMul", tf.linalg.matMul(x, kernel));
      in.put(
          "matMulTransposed",
          tf.linalg.matMul(
              x, tf.linalg.transpose(kernel, OpGraph.ints(tf, 1, 0)), MatMul.transposeB(true)));
      in.put(
          "batchMatMul", tf.train.batchMatMul(cube, cube, TFloat32.class, BatchMatMul.adjX(true)));
      in.put("einsum", tf.linalg.einsum(List.of(cube, cube), "bij,bkj->bik"));
      in.put("biasAdd", tf.nn.biasAdd(x, tf.constant(new float[] {1, 2, 3, 4})));
      Operand<TFloat32> image =
          tf.reshape(
              tf.tile(x, OpGraph.ints(tf, 1, 15)), OpGraph.ints(tf, -1, 6, 5, 2)); // [B, 6, 5, 2]
      Operand<TFloat32> filter =
          tf.reshape(tf.constant(OpGraph.values(12, 3)), OpGraph.ints(tf, 3, 2, 2, 3));
      in.put("conv2d", tf.nn.conv2d(image, filter, List.of(1L, 2L, 1L, 1L), "SAME"));
      in.put("conv2dOfValid", tf.nn.conv2d(image, filter, List.of(1L, 1L, 2L, 1L), "VALID"));
      Operand<TFloat32> each =
          tf.reshape(tf.constant(OpGraph.values(12, 1)), OpGraph.ints(tf, 3, 2, 2, 1));
      in.put(
          "depthwise", tf.nn.depthwiseConv2dNative(image, each, List.of(1L, 1L, 1L, 1L), "SAME"));
      in.put(
          "maxPool",
          tf.nn.maxPool(image, OpGraph.ints(tf, 1, 2, 2, 1), OpGraph.ints(tf, 1, 2, 2, 1), "SAME"));
      in.put(
          "avgPool",
          tf.nn.avgPool(image, List.of(1L, 3L, 2L, 1L), List.of(1L, 2L, 2L, 1L), "SAME"));
      in.compare(OpGraph.SUMS);
    }
  }

  @Test
  void aWholeSequenceOfAnLstm() throws OrtException {
    try (OpGraph in = new OpGraph()) {
      Ops tf = in.tf;
      Operand<TFloat32> x =
          tf.linalg.transpose(
              tf.reshape(in.x, OpGraph.ints(tf, -1, 2, 2)), OpGraph.ints(tf, 1, 0, 2)); // [T, B, D]
      Operand<TInt32> rows = tf.slice(tf.shape(in.x), OpGraph.ints(tf, 0), OpGraph.ints(tf, 1));
      Operand<TFloat32> state =
          tf.fill(
              tf.concat(List.of(rows, OpGraph.ints(tf, 3)), tf.constant(0)), tf.constant(0.25f));
      Operand<TFloat32> none = tf.constant(new float[3]);
      BlockLSTM<TFloat32> lstm =
          tf.nn.blockLSTM(
              tf.constant(2L),
              x,
              state,
              state,
              tf.constant(OpGraph.values(5, 12)),
              none,
              none,
              none,
              tf.reshape(tf.constant(OpGraph.values(12, 1)), OpGraph.ints(tf, -1)));
      in.put("h", lstm.h());
      in.put("cs", lstm.cs());
      in.compare(OpGraph.SUMS);
    }
  }

  @Test
  void termsAreFoundByTheirTexts() throws OrtException {
    try (OpGraph in = new OpGraph()) {
      Ops tf = in.tf;
      // As the lookup layers: a hash finds a place, and the term there is compared.
      String[] terms = {"blue", "", "straße", "red"};
      long[] hashes =
          Arrays.stream(terms)
              .mapToLong(term -> Hashing.farmHashFingerprint64().hashString(term, UTF_8).asLong())
              .map(hash -> Long.remainderUnsigned(hash, Long.MAX_VALUE))
              .toArray();
      Arrays.sort(
          terms,
          Comparator.comparing(
              term ->
                  Long.remainderUnsigned(
                      Hashing.farmHashFingerprint64().hashString(term, UTF_8).asLong(),
                      Long.MAX_VALUE)));
      Arrays.sort(hashes);
      Operand<TString> flat = tf.reshape(in.texts, OpGraph.ints(tf, -1));
      Operand<TInt64> wanted = tf.strings.toHashBucketFast(flat, Long.MAX_VALUE);
      Operand<TInt32> place =
          tf.math.minimum(
              tf.reshape(
                  tf.lowerBound(
                      tf.expandDims(tf.constant(hashes), tf.constant(0)),
                      tf.expandDims(wanted, tf.constant(0))),
                  OpGraph.ints(tf, -1)),
              tf.constant(3));
      Operand<TBool> isAt = tf.math.equal(tf.gather(tf.array(terms), place, tf.constant(0)), flat);
      in.put("place", tf.select(isAt, place, tf.constant(-1)));
      in.put("isRed", tf.math.equal(flat, tf.constant("red")));
      in.put("isNotEmpty", tf.math.notEqual(flat, tf.constant("")));
      in.compare();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 4})
  void aRowThatThereIsNotIsAnError(int offset) throws OrtException {
    try (OpGraph in = new OpGraph()) {
      Ops tf = in.tf;
      Operand<TInt32> place = tf.math.add(tf.math.mul(in.ids, tf.constant(0)), tf.constant(offset));
      in.put("row", tf.gather(tf.constant(OpGraph.values(4, 2)), place, tf.constant(0)));
      assertThatThrownBy(() -> in.compare()).isNotInstanceOf(AssertionError.class);
      try (OnnxSession onnx = OnnxSession.of(in.convert())) {
        assertThatThrownBy(() -> onnx.run(OpGraph.feeds(onnx)))
            .isInstanceOf(OrtException.class)
            .hasMessageContaining("indices element out of data bounds");
      }
    }
  }

  @Test
  void whatHasNoFormIsNamedWithItsNode() {
    try (OpGraph in = new OpGraph()) {
      Ops tf = in.tf;
      refused(in, tf.withName("hash").strings.toHashBucketFast(in.texts, 100L))
          .isEqualTo(
              "node 'hash' (StringToHashBucketFast) has no form in ONNX: ONNX has no hash of texts;"
                  + " make its ids before the model, by prepare");
      refused(in, tf.withName("order").math.erfinv(in.x))
          .isEqualTo("node 'order' (Erfinv) has no form in ONNX: there is none of the op");
      refused(in, tf.withName("half").dtypes.cast(in.x, TFloat16.class))
          .isEqualTo("node 'half' has the type half, which has no form in ONNX");
      refused(in, tf.withName("same").math.equal(in.texts, in.texts))
          .isEqualTo(
              "node 'same' (Equal) has no form in ONNX: two texts are compared, neither of them a"
                  + " constant");
    }
  }

  @Test
  void weightsThatNoFileHoldsAreRefused() {
    try (OpGraph in = new OpGraph()) {
      Ops tf = in.tf;
      Operand<? extends TType> table =
          tf.withName("table").varHandleOp(TFloat32.class, Shape.of(600_000_000L, 1));
      refused(in, tf.resourceGather(table, in.ids, TFloat32.class))
          .isEqualTo(
              "the model has 2,400,000,004 bytes of weights, expected at most 2,080,374,784, the"
                  + " most that one .onnx file holds; the largest is 'table' [600000000, 1]");
    }
  }

  private AbstractStringAssert<?> refused(OpGraph inputs, Operand<? extends TType> output) {
    inputs.putAlone("refused", output);
    InvalidInputException error =
        catchThrowableOfType(InvalidInputException.class, inputs::convert);
    return assertThat(error.getMessage());
  }
}
