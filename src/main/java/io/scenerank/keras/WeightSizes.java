package io.scenerank.keras;

import io.scenerank.model.ModelDefinition;
import org.tensorflow.ndarray.Shape;

/** How large the file of a model's weights can be. */
final class WeightSizes {
  /**
   * Bytes a value: of the weights in double precision, of two moments, of what amsgrad, averages
   * and accumulated gradients add.
   */
  private static final long BYTES_A_VALUE = 8 * 6;

  /** What HDF5 takes for a variable and its groups, many times over. */
  private static final long BYTES_A_VARIABLE = 64 << 10;

  private static final long SLACK = 16L << 20;

  private WeightSizes() {}

  /** Bytes for a model's weights and its optimizer's state. */
  static long most(ModelDefinition<?> definition) {
    long bytes = SLACK;
    for (Shape shape : ModelVariables.of(definition).shapes().values()) {
      bytes += BYTES_A_VARIABLE + BYTES_A_VALUE * shape.size();
    }
    return bytes;
  }
}
