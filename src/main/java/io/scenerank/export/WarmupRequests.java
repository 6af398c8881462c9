package io.scenerank.export;

import io.scenerank.data.Batch;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.model.ModelDefinition;
import io.scenerank.serve.Signatures;
import io.scenerank.train.TrainingGraph;
import io.scenerank.variable.Shapes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The requests that TF Serving sends to a model before any client does, so that the first client
 * does not wait: one valid row for {@code serving_default}. The log has the response too, the
 * scores of the model that was trained: who loads the export compares its own with them.
 */
final class WarmupRequests {
  private WarmupRequests() {}

  static void write(ModelDefinition<?> definition, TrainingGraph trained, Path file)
      throws IOException {
    Map<String, TensorProto> row = new LinkedHashMap<>();
    definition.columns().forEach(column -> row.put(column.name(), tensor(column)));
    byte[] log =
        new PredictionLogs()
            .predict(
                definition.type().name(),
                Signatures.SERVING_DEFAULT,
                row,
                scores(definition, trained))
            .toByteArray();
    try (OutputStream out = Files.newOutputStream(file)) {
      TfRecord.write(out, log);
    }
  }

  /** The id 1, or 0 where there is no other. */
  private static int id(FeatureColumn column) {
    return Math.min(1, column.vocabSize() - 1);
  }

  /** {@link #id}, or zeros for a dense column; [1, width]. */
  private static TensorProto tensor(FeatureColumn column) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(column.isCategorical() ? DataType.DT_INT32 : DataType.DT_FLOAT)
            .setTensorShape(Shapes.toProto(Shape.of(1, column.width())));
    for (int i = 0; i < column.width(); i++) {
      if (column.isCategorical()) {
        tensor.addIntVal(id(column));
      } else {
        tensor.addFloatVal(0);
      }
    }
    return tensor.build();
  }

  /** The probability of each task for the row, [1, 1]. */
  private static Map<String, TensorProto> scores(
      ModelDefinition<?> definition, TrainingGraph trained) {
    List<String> tasks = definition.params().taskNames();
    float[][] scores = new float[tasks.size()][1];
    try (Batch row = row(definition.layout())) {
      trained.predict(row, scores, 0);
    }
    Map<String, TensorProto> outputs = new LinkedHashMap<>();
    for (int task = 0; task < scores.length; task++) {
      outputs.put(
          tasks.get(task),
          TensorProto.newBuilder()
              .setDtype(DataType.DT_FLOAT)
              .setTensorShape(Shapes.toProto(Shape.of(1, 1)))
              .addFloatVal(scores[task][0])
              .build());
    }
    return outputs;
  }

  private static Batch row(PackedLayout layout) {
    int[] ids = new int[layout.idWidth()];
    for (FeatureColumn column : layout.columns()) {
      for (int i = 0; column.isCategorical() && i < column.width(); i++) {
        ids[layout.offset(column) + i] = id(column);
      }
    }
    int dense = layout.denseWidth();
    return new Batch(
        TInt32.tensorOf(Shape.of(1, ids.length), DataBuffers.of(ids, true, false)),
        dense == 0
            ? Optional.empty()
            : Optional.of(
                TFloat32.tensorOf(
                    Shape.of(1, dense), DataBuffers.of(new float[dense], true, false))),
        Optional.empty(),
        1);
  }
}
