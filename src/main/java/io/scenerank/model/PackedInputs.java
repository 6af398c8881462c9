package io.scenerank.model;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A batch as one matrix of ids and one of dense values.
 *
 * @param ids [B, F], absent where no column carries ids
 * @param dense [B, G], absent where no column is dense
 */
public record PackedInputs(Optional<Operand<TInt32>> ids, Optional<Operand<TFloat32>> dense) {

  /**
   * Feeds a batch; the tensors stay the caller's to close.
   *
   * @param idValues [b, F]
   * @param denseValues [b, G], present where there are dense inputs
   * @return the runner
   */
  public Session.Runner feed(
      Session.Runner runner, TInt32 idValues, Optional<TFloat32> denseValues) {
    ids.ifPresent(input -> runner.feed(input, idValues));
    dense.ifPresent(input -> runner.feed(input, denseValues.orElseThrow()));
    return runner;
  }
}
