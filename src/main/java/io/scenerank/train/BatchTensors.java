package io.scenerank.train;

import java.util.Optional;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A batch as it is fed.
 *
 * @param ids [B, F], absent where no column carries ids
 * @param dense [B, G], absent where no column is dense
 * @param labels [B, T], absent where the batch is only scored
 */
public record BatchTensors(
    Optional<TInt32> ids, Optional<TFloat32> dense, Optional<TFloat32> labels) {}
