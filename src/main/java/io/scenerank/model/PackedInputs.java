package io.scenerank.model;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A batch as one matrix of ids and one of dense values.
 *
 * @param ids [B, F], absent where no column carries ids
 * @param dense [B, G], absent where no column is dense
 */
public record PackedInputs(Optional<Operand<TInt32>> ids, Optional<Operand<TFloat32>> dense) {}
