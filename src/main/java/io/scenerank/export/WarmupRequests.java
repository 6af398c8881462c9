package io.scenerank.export;

import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelDefinition;
import io.scenerank.serve.Signatures;
import io.scenerank.variable.Shapes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/**
 * The requests that TF Serving sends to a model before any client does, so that the first client
 * does not wait: one valid row for {@code serving_default}.
 */
final class WarmupRequests {
  /** Where TF Serving looks, below {@code assets.extra}. */
  static final String FILE = "tf_serving_warmup_requests";

  private WarmupRequests() {}

  static void write(ModelDefinition<?> definition, Path file) throws IOException {
    Map<String, TensorProto> row = new LinkedHashMap<>();
    definition.columns().forEach(column -> row.put(column.name(), tensor(column)));
    byte[] log =
        new PredictionLogs()
            .predict(definition.type().name(), Signatures.SERVING_DEFAULT, row)
            .toByteArray();
    try (OutputStream out = Files.newOutputStream(file)) {
      TfRecord.write(out, log);
    }
  }

  /** The id 1, or 0 where there is no other; zeros for a dense column; [1, width]. */
  private static TensorProto tensor(FeatureColumn column) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(column.isCategorical() ? DataType.DT_INT32 : DataType.DT_FLOAT)
            .setTensorShape(Shapes.toProto(Shape.of(1, column.width())));
    for (int i = 0; i < column.width(); i++) {
      if (column.isCategorical()) {
        tensor.addIntVal(Math.min(1, column.vocabSize() - 1));
      } else {
        tensor.addFloatVal(0);
      }
    }
    return tensor.build();
  }
}
