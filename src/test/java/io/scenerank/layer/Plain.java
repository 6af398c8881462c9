package io.scenerank.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.WeightAccess;
import io.scenerank.variable.WeightStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.tensorflow.ndarray.Shape;

/** The layers' arithmetic as loops over doubles, and values to try it on. */
final class Plain {
  /** Chains of a few products of short float32 rows, of values around 1. */
  private static final double ROUNDING = 1e-5;

  private final Random random;

  Plain(long seed) {
    this.random = new Random(seed);
  }

  /** Values between -1 and 1. */
  FloatTensor tensor(long... shape) {
    return tensor(Shape.of(shape));
  }

  private FloatTensor tensor(Shape shape) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return new FloatTensor(shape, values);
  }

  /** Gives every variable of the store values between -1 and 1. */
  ImmutableMap<String, FloatTensor> assign(TestGraph graph, WeightStore store) {
    ImmutableMap.Builder<String, FloatTensor> builder = ImmutableMap.builder();
    store.parts().forEach((path, part) -> builder.put(path, tensor(part.shape())));
    ImmutableMap<String, FloatTensor> values = builder.buildOrThrow();
    new WeightAccess(graph.tf(), store.weights()).assign(graph.session(), values);
    return values;
  }

  /** The shapes of the store's variables by path, in the order of creation. */
  static List<String> shapes(WeightStore store) {
    List<String> shapes = new ArrayList<>();
    store.parts().forEach((path, part) -> shapes.add(path + " " + part.shape()));
    return shapes;
  }

  /** The rows along the last axis, all others as one. */
  static double[][] rows(FloatTensor tensor) {
    Shape shape = tensor.shape();
    int width = Math.toIntExact(shape.get(shape.numDimensions() - 1));
    return reshape(row(tensor), width);
  }

  /** All values in one row. */
  static double[] row(FloatTensor tensor) {
    double[] values = new double[tensor.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.values()[i];
    }
    return values;
  }

  /** Cuts a row into rows of this width. */
  static double[][] reshape(double[] row, int width) {
    double[][] rows = new double[row.length / width][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(row, i * width, (i + 1) * width);
    }
    return rows;
  }

  /** {@code x · w + bias}. */
  static double[] affine(double[] x, double[][] w, double[] bias) {
    double[] out = bias.clone();
    for (int j = 0; j < out.length; j++) {
      for (int i = 0; i < x.length; i++) {
        out[j] += x[i] * w[i][j];
      }
    }
    return out;
  }

  /** A Dense layer whose variables are at {@code path}. */
  static double[] dense(double[] x, ImmutableMap<String, FloatTensor> weights, String path) {
    return affine(x, rows(weights.get(path + "/kernel")), row(weights.get(path + "/bias")));
  }

  static double[] map(double[] x, DoubleUnaryOperator function) {
    return Arrays.stream(x).map(function).toArray();
  }

  static double[][] eachRow(double[][] x, Function<double[], double[]> function) {
    return Arrays.stream(x).map(function).toArray(double[][]::new);
  }

  static double relu(double x) {
    return Math.max(x, 0);
  }

  static double leakyRelu(double x) {
    return x < 0 ? 0.2 * x : x;
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  static double[] softmax(double[] x) {
    double[] shares = map(x, Math::exp);
    double sum = Arrays.stream(shares).sum();
    return map(shares, share -> share / sum);
  }

  static void assertClose(FloatTensor actual, double[][] expected, String what) {
    float[] values = new float[actual.values().length];
    int next = 0;
    double largest = 1;
    assertThat(Arrays.stream(expected).mapToInt(row -> row.length).sum())
        .as("number of values of %s", what)
        .isEqualTo(values.length);
    for (double[] row : expected) {
      for (double value : row) {
        values[next++] = (float) value;
        largest = Math.max(largest, Math.abs(value));
      }
    }
    assertThat(actual.values())
        .as(what)
        .containsExactly(values, within((float) (ROUNDING * largest)));
  }
}
