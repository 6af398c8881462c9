package io.scenerank.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TFloat32;

/** Activations without variables, under Keras' names. */
public enum Activation {
  @JsonProperty("linear")
  LINEAR {
    @Override
    public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
      return x;
    }
  },
  @JsonProperty("relu")
  RELU {
    @Override
    public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
      return tf.nn.relu(x);
    }
  },
  /** Slope 0.2 below zero. */
  @JsonProperty("leaky_relu")
  LEAKY_RELU {
    @Override
    public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
      return tf.nn.leakyRelu(x, LeakyRelu.alpha(0.2f));
    }
  },
  @JsonProperty("sigmoid")
  SIGMOID {
    @Override
    public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
      return tf.math.sigmoid(x);
    }
  },
  @JsonProperty("tanh")
  TANH {
    @Override
    public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
      return tf.math.tanh(x);
    }
  };

  /** Element by element; the shape stays. */
  public abstract Operand<TFloat32> call(Ops tf, Operand<TFloat32> x);
}
