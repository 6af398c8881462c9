package io.scenerank.data;

import java.util.Optional;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Some rows as tensors. The receiver of a batch closes it.
 *
 * @param ids [b, F], in the model's layout
 * @param dense [b, G], if the layout has a dense column
 * @param labels [b, T], if the batch has tasks
 * @param size b
 */
public record Batch(TInt32 ids, Optional<TFloat32> dense, Optional<TFloat32> labels, int size)
    implements AutoCloseable {

  @Override
  public void close() {
    ids.close();
    dense.ifPresent(TFloat32::close);
    labels.ifPresent(TFloat32::close);
  }
}
