package io.scenerank.variable;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/**
 * Floats on the heap, outside TensorFlow.
 *
 * @param shape all dimensions known
 * @param values row by row; not copied, so the caller must not change them
 */
public record FloatTensor(Shape shape, float[] values) {

  /**
   * @throws IllegalArgumentException if the number of values is not that of the shape
   */
  public FloatTensor {
    if (shape.size() != values.length) {
      throw new IllegalArgumentException(values.length + " values for the shape " + shape);
    }
  }

  /** Copies a tensor; it stays the caller's to close. */
  public static FloatTensor of(TFloat32 tensor) {
    float[] values = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(values);
    return new FloatTensor(tensor.shape(), values);
  }

  /** A tensor of these values, which the caller closes. */
  public TFloat32 toTensor() {
    return TFloat32.tensorOf(shape, DataBuffers.of(values, true, false));
  }
}
