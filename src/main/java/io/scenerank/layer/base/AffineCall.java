package io.scenerank.layer.base;

import java.util.Optional;

/** A layer {@code activation(x · kernel + bias)} whose variables exist. */
public interface AffineCall extends Layer.Call {
  /** [in, units]. */
  Variable kernel();

  /** [units]; absent where there is none. */
  Optional<Variable> bias();

  /** Whether no activation follows. */
  boolean isLinear();
}
