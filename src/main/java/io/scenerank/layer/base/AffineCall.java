package io.scenerank.layer.base;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/** A layer {@code activation(x · kernel + bias)} whose variables exist. */
public interface AffineCall extends Layer.Call {
  /** [in, units]. */
  Variable kernel();

  /** [units]; absent where there is none. */
  Optional<Variable> bias();

  /** {@code x · kernel + bias}, [B, …, in] → [B, …, units]. */
  default Operand<TFloating> affine(Ops tf, Operand<TFloating> x) {
    Operand<TFloating> product = Products.of(tf, x, kernel().read(tf));
    return bias().isPresent() ? tf.nn.biasAdd(product, bias().get().read(tf)) : product;
  }

  /** Whether no activation follows. */
  boolean isLinear();
}
