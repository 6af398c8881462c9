package io.scenerank.keras;

import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.util.HashMap;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/**
 * Copies the weights of a Keras 3 file in double precision, under the names that counting gives.
 */
final class DoubleCopy {
  private final WritableHdfFile file;
  private final Map<String, WritableGroup> groups = new HashMap<>();

  DoubleCopy(WritableHdfFile file) {
    this.file = file;
  }

  void copy(Map<String, StoredVariable> layers) {
    layers.forEach(
        (path, variable) -> {
          int cut = path.lastIndexOf('/');
          group(Keras3Paths.LAYERS + "/" + path.substring(0, cut))
              .putDataset(path.substring(cut + 1), nested(variable));
        });
  }

  private static Object nested(StoredVariable variable) {
    float[] values = variable.values().floats();
    Shape shape = variable.shape();
    if (shape.numDimensions() == 1) {
      double[] flat = new double[values.length];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = values[i];
      }
      return flat;
    }
    double[][] rows = new double[(int) shape.get(0)][(int) shape.get(1)];
    for (int i = 0; i < values.length; i++) {
      rows[i / rows[0].length][i % rows[0].length] = values[i];
    }
    return rows;
  }

  private WritableGroup group(String path) {
    WritableGroup known = groups.get(path);
    if (known == null) {
      int cut = path.lastIndexOf('/');
      WritableGroup parent = cut < 0 ? file : group(path.substring(0, cut));
      known = parent.putGroup(path.substring(cut + 1));
      groups.put(path, known);
    }
    return known;
  }
}
