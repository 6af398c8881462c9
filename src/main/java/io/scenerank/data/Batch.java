package io.scenerank.data;

import com.google.common.collect.ImmutableMap;
import java.util.Optional;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/**
 * Some rows as tensors. The receiver of a batch closes it.
 *
 * @param ids [b, F], in the model's layout
 * @param dense [b, G], if the layout has a dense column
 * @param labels [b, T], if the batch has tasks; [b, 2T] where rows count differently: the labels, 0
 *     where a row has none, then their weights, 0 where a row has none
 * @param size b
 * @param texts of each column of texts, the texts of its ids; the batches of a {@link Batcher}
 *     share them, which closes them
 */
public record Batch(
    TInt32 ids,
    Optional<TFloat32> dense,
    Optional<TFloat32> labels,
    int size,
    ImmutableMap<String, TString> texts)
    implements AutoCloseable {
  /** A batch without texts. */
  public Batch(TInt32 ids, Optional<TFloat32> dense, Optional<TFloat32> labels, int size) {
    this(ids, dense, labels, size, ImmutableMap.of());
  }

  @Override
  public void close() {
    ids.close();
    dense.ifPresent(TFloat32::close);
    labels.ifPresent(TFloat32::close);
  }
}
