package io.scenerank.export.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import com.google.common.collect.ImmutableMap;
import io.scenerank.export.onnx.OnnxExporter.Signature;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelGraph;
import io.scenerank.model.PackedInputs;
import io.scenerank.serve.Features;
import io.scenerank.testing.TestGraph;
import io.scenerank.variable.FloatTensor;
import io.scenerank.variable.Weight;
import io.scenerank.variable.WeightStore;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Models with weights and rows, and both of their signatures in ONNX. */
final class OnnxModels {
  private OnnxModels() {}

  /** Values of every column that are a function of the seed, [rows, F] and [rows, G]. */
  record Rows(PackedLayout layout, int count, int[] ids, float[] dense) {
    static Rows of(ModelDefinition<?> definition, int count) {
      Random random = new Random(count);
      PackedLayout layout = definition.layout();
      int[] limits = layout.idLimits();
      int[] ids = new int[count * limits.length];
      for (int i = 0; i < ids.length; i++) {
        // Padding is frequent in sequences.
        ids[i] = random.nextInt(4) == 0 ? 0 : random.nextInt(limits[i % limits.length]);
      }
      float[] dense = new float[count * layout.denseWidth()];
      for (int i = 0; i < dense.length; i++) {
        dense[i] = Math.abs((float) random.nextGaussian()); // weights of sequences too
      }
      return new Rows(layout, count, ids, dense);
    }

    Features features() {
      Features.Builder features = Features.builder();
      for (FeatureColumn column : layout.columns()) {
        if (column.isCategorical()) {
          int[][] values = new int[count][];
          for (int row = 0; row < count; row++) {
            values[row] = ids(column, row);
          }
          features.ids(column.name(), values);
        } else {
          float[][] values = new float[count][];
          for (int row = 0; row < count; row++) {
            values[row] = dense(column, row);
          }
          features.floats(column.name(), values);
        }
      }
      return features.build();
    }

    private int[] ids(FeatureColumn column, int row) {
      int from = row * layout.idWidth() + layout.offset(column);
      return Arrays.copyOfRange(ids, from, from + column.width());
    }

    private float[] dense(FeatureColumn column, int row) {
      int from = row * layout.denseWidth() + layout.offset(column);
      return Arrays.copyOfRange(dense, from, from + column.width());
    }

    /** The rows as a signature takes them. */
    Map<String, OnnxTensor> feeds(OnnxSession onnx, Signature signature) throws OrtException {
      Map<String, OnnxTensor> feeds = new HashMap<>();
      if (signature == Signature.PACKED) {
        if (ids.length > 0) {
          feeds.put("ids", onnx.ints(ids, count, layout.idWidth()));
        }
        if (dense.length > 0) {
          feeds.put("dense", onnx.floats(dense, count, layout.denseWidth()));
        }
        return feeds;
      }
      for (FeatureColumn column : layout.columns()) {
        int width = column.width();
        int[] ofIds = new int[column.isCategorical() ? count * width : 0];
        float[] ofDense = new float[column.isCategorical() ? 0 : count * width];
        for (int row = 0; row < count; row++) {
          if (column.isCategorical()) {
            System.arraycopy(ids(column, row), 0, ofIds, row * width, width);
          } else {
            System.arraycopy(dense(column, row), 0, ofDense, row * width, width);
          }
        }
        feeds.put(
            column.name(),
            column.isCategorical()
                ? onnx.ints(ofIds, count, width)
                : onnx.floats(ofDense, count, width));
      }
      return feeds;
    }
  }

  /** Weights of which none is 0 or like another by chance. */
  static ImmutableMap<String, FloatTensor> weights(ModelDefinition<?> definition) {
    Random random = new Random(7);
    ImmutableMap.Builder<String, FloatTensor> weights = ImmutableMap.builder();
    try (TestGraph graph = new TestGraph()) {
      WeightStore store = graph.store(1);
      PackedLayout layout = definition.layout();
      ModelGraph.build(
          definition,
          graph.tf(),
          store,
          new PackedInputs(
              input(graph.tf(), TInt32.class, layout.idWidth()),
              input(graph.tf(), TFloat32.class, layout.denseWidth())));
      for (Weight weight : store.weights()) {
        for (Weight.Part part : weight.parts()) {
          float[] values = new float[(int) part.shape().size()];
          for (int i = 0; i < values.length; i++) {
            values[i] = value(part.path(), 0.3f * (float) random.nextGaussian());
          }
          weights.put(part.path(), new FloatTensor(part.shape(), values));
        }
      }
    }
    return weights.buildOrThrow();
  }

  private static <T extends TNumber> Optional<Operand<T>> input(Ops tf, Class<T> type, int width) {
    return width == 0
        ? Optional.empty()
        : Optional.of(tf.placeholder(type, Placeholder.shape(Shape.of(-1, width))));
  }

  /** A moving variance is not negative, and factors are about 1. */
  private static float value(String path, float noise) {
    if (path.endsWith("variance")) {
      return Math.abs(noise) + 0.1f;
    }
    return path.endsWith("gamma") ? 1 + noise : noise;
  }

  static byte[] convert(
      Signature signature, ModelDefinition<?> definition, Map<String, FloatTensor> weights) {
    return new OnnxExporter(signature).convert(definition, weights).bytes().toByteArray();
  }
}
