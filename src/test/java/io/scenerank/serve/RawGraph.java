package io.scenerank.serve;

import io.scenerank.serve.Ranker.InputSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** What an export makes of raw values: the matrices that its signature {@code packed} feeds. */
final class RawGraph {
  private RawGraph() {}

  /**
   * Encoded rows.
   *
   * @param ids [row][F]
   * @param dense [row][G]; no row where no column is dense
   */
  record Encoded(int[][] ids, float[][] dense) {}

  static Encoded encode(Path model, Features features) {
    List<Tensor> tensors = new ArrayList<>();
    try (SavedModelBundle bundle = BundleLoader.load(model, 1, Trust.CHECKED)) {
      SignatureDef raw = bundle.metaGraphDef().getSignatureDefOrThrow("raw");
      SignatureDef packed = bundle.metaGraphDef().getSignatureDefOrThrow("packed");
      Session.Runner runner = bundle.session().runner();
      InputSpec.all(raw)
          .forEach(
              (name, spec) -> {
                Tensor tensor = spec.tensor("raw", features.get(name));
                tensors.add(tensor);
                runner.feed(spec.tensorName(), tensor);
              });
      List<String> names = List.of("ids", "dense");
      names.stream()
          .filter(packed::containsInputs)
          .forEach(name -> runner.fetch(packed.getInputsOrThrow(name).getName()));
      try (Result result = runner.run()) {
        return new Encoded(
            ints((TInt32) result.get(0)),
            packed.containsInputs("dense") ? floats((TFloat32) result.get(1)) : new float[0][]);
      }
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  private static int[][] ints(TInt32 matrix) {
    int[][] rows = new int[(int) matrix.shape().get(0)][(int) matrix.shape().get(1)];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = matrix.getInt(i, j);
      }
    }
    return rows;
  }

  private static float[][] floats(TFloat32 matrix) {
    float[][] rows = new float[(int) matrix.shape().get(0)][(int) matrix.shape().get(1)];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = matrix.getFloat(i, j);
      }
    }
    return rows;
  }
}
