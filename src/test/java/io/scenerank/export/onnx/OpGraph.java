package io.scenerank.export.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.PackedLayout;
import io.scenerank.variable.Shapes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * A graph of TensorFlow with a matrix of floats, one of integers and a column of texts, whose
 * outputs are compared with those of ONNX Runtime.
 */
final class OpGraph implements AutoCloseable {
  /** A rounding of one of a sum's parts. */
  static final double SUMS = 2e-7;

  private static final int ROWS = 5;

  /** Small ones, of which 1 + x is 1; those where a rounding is a tie; large ones. */
  private static final float[] X = {
    -3.5f, -0.5f, 0, 0.5f, //
    1, 2.5f, 3.5f, -1e-8f, //
    1e-8f, 20, -20, 7, //
    -1.5f, 1.5f, 0.25f, -90, //
    89, -16, 4, 4
  };

  private static final int[] IDS = {
    3, 1, 0, 2, //
    -7, 5, 2, 2, //
    7, -5, 0, 1, //
    4, 4, 4, 4, //
    -1, -2, 6, 3
  };

  private static final String[] TEXTS = {"red", "", "straße", "unknown", "blue"};

  private final Map<String, Output<?>> outputs = new LinkedHashMap<>();
  private final Graph graph = new Graph();
  final Ops tf = Ops.create(graph);
  final Placeholder<TFloat32> x =
      tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 4)));
  final Placeholder<TInt32> ids =
      tf.withName("i").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, 4)));
  final Placeholder<TString> texts =
      tf.withName("t").placeholder(TString.class, Placeholder.shape(Shape.of(-1, 1)));

  /** Adds a result to compare: its values as floats. */
  void put(String name, Operand<? extends TType> output) {
    outputs.put(name, tf.reshape(tf.dtypes.cast(output, TFloat32.class), ints(tf, -1)).asOutput());
  }

  /** Makes a result the only one. */
  void putAlone(String name, Operand<? extends TType> output) {
    outputs.clear();
    put(name, output);
  }

  private SignatureDef signature() {
    SignatureDef.Builder signature = SignatureDef.newBuilder();
    signature.putInputs("x", info(x)).putInputs("i", info(ids)).putInputs("t", info(texts));
    outputs.forEach((name, output) -> signature.putOutputs(name, info(output)));
    return signature.build();
  }

  private static TensorInfo info(Operand<? extends TType> operand) {
    return TensorInfo.newBuilder()
        .setName(operand.op().name() + ":" + operand.asOutput().index())
        .setDtype(operand.asOutput().dataType())
        .setTensorShape(Shapes.toProto(operand.shape()))
        .build();
  }

  private Map<String, float[]> run() {
    try (Session session = new Session(graph);
        TFloat32 xs = TFloat32.tensorOf(Shape.of(ROWS, 4), DataBuffers.of(X));
        TInt32 is = TInt32.tensorOf(Shape.of(ROWS, 4), DataBuffers.of(IDS));
        TString ts = TString.tensorOf(Shape.of(ROWS, 1), DataBuffers.ofObjects(TEXTS))) {
      Session.Runner runner = session.runner().feed(x, xs).feed(ids, is).feed(texts, ts);
      outputs.values().forEach(runner::fetch);
      Map<String, float[]> values = new LinkedHashMap<>();
      try (Result result = runner.run()) {
        List<String> names = List.copyOf(outputs.keySet());
        for (int i = 0; i < names.size(); i++) {
          TFloat32 tensor = (TFloat32) result.get(i);
          float[] copy = new float[(int) tensor.size()];
          tensor.asRawTensor().data().asFloats().read(copy);
          values.put(names.get(i), copy);
        }
      }
      return values;
    }
  }

  /** The graph as a file of ONNX. */
  byte[] convert() {
    try (Session session = new Session(graph)) {
      OnnxGraph written =
          new GraphConverter(PackedLayout.of(ImmutableList.of()))
              .convert(graph, session, signature());
      return OnnxModel.toProto(written, "ops", "", ImmutableMap.of()).toByteString().toByteArray();
    }
  }

  /** The values of the inputs. */
  static ImmutableMap<String, OnnxTensor> feeds(OnnxSession onnx) throws OrtException {
    return ImmutableMap.of(
        "x", onnx.floats(X, ROWS, 4),
        "i", onnx.ints(IDS, ROWS, 4),
        "t", onnx.texts(TEXTS, ROWS, 1));
  }

  /** Runs both and compares the results. */
  void compare() throws OrtException {
    compare(1e-38);
  }

  /**
   * Runs both and compares the results.
   *
   * @param absolute by how much sums may differ whose parts cancel each other out
   */
  void compare(double absolute) throws OrtException {
    Map<String, float[]> expected = run();
    try (OnnxSession onnx = OnnxSession.of(convert())) {
      Map<String, float[]> found = onnx.run(feeds(onnx));
      SoftAssertions soft = new SoftAssertions();
      expected.forEach(
          (name, values) ->
              soft.assertThat(differences(values, found.get(name), absolute)).as(name).isEmpty());
      soft.assertAll();
    }
  }

  /** Values that differ by more than the functions of the two libraries do, ten roundings. */
  private static List<String> differences(float[] expected, float[] found, double absolute) {
    if (expected.length != found.length) {
      return List.of(expected.length + " and " + found.length + " values");
    }
    return IntStream.range(0, expected.length)
        .filter(
            i ->
                Float.compare(expected[i], found[i]) != 0
                    && !(Math.abs(expected[i] - found[i])
                        <= 1e-6 * Math.abs(expected[i]) + absolute))
        .mapToObj(i -> i + ": " + expected[i] + " and " + found[i])
        .toList();
  }

  static Operand<TInt32> ints(Ops tf, int... values) {
    return tf.constant(values);
  }

  static Operand<TInt32> matrix(Ops tf, int a, int b, int c, int d) {
    return tf.constant(new int[][] {{a, b}, {c, d}});
  }

  static float[][] values(int rows, int columns) {
    float[][] values = new float[rows][columns];
    for (int i = 0; i < rows * columns; i++) {
      values[i / columns][i % columns] = (i * 7 % 11 - 5) / 10f;
    }
    return values;
  }

  @Override
  public void close() {
    graph.close();
  }
}
