package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A stack of Dense layers. The activation and the dropout follow every layer but the last; {@code
 * outActive} adds the activation after the last one. A single layer is a plain affine map.
 *
 * <p>Input [B, …, in], output [B, …, last unit]. Variables {@code dense_layers/<i>}.
 */
public final class Dnn extends Layer {
  private final ImmutableList<Dense> denseLayers; // dense_layers/<i>
  private final ImmutableList<Dropout> dropoutLayers; // dropout_layers/<i>
  private final Options options;

  private Dnn(LayerScope scope, int inputDim, Options options) {
    super(scope);
    this.options = options;
    ImmutableList.Builder<Dense> dense = ImmutableList.builder();
    ImmutableList.Builder<Dropout> dropout = ImmutableList.builder();
    int width = inputDim;
    for (int i = 0; i < options.units().size(); i++) {
      int units = options.units().get(i);
      dense.add(Dense.units(units).build(scope.child("dense_layers").child(i), width));
      dropout.add(new Dropout(scope.child("dropout_layers").child(i), options.dropoutRate()));
      width = units;
    }
    this.denseLayers = dense.build();
    this.dropoutLayers = dropout.build();
  }

  /** A stack of these widths: relu between the layers, no dropout, a linear output. */
  public static Options units(ImmutableList<Integer> units) {
    return new Options(units, 0f, Activation.RELU, false);
  }

  /**
   * Constructor arguments of the Python class.
   *
   * @param units width of each layer, at least one
   * @param dropoutRate dropout after every layer but the last
   * @param activation activation after every layer but the last
   * @param outActive whether the activation follows the last layer too
   */
  public record Options(
      ImmutableList<Integer> units, float dropoutRate, Activation activation, boolean outActive) {
    public Options {
      if (units.isEmpty()) {
        throw new IllegalArgumentException("a Dnn needs at least one layer");
      }
    }

    public Options dropoutRate(float newRate) {
      return new Options(units, newRate, activation, outActive);
    }

    public Options activation(Activation newActivation) {
      return new Options(units, dropoutRate, newActivation, outActive);
    }

    public Options outActive(boolean newOutActive) {
      return new Options(units, dropoutRate, activation, newOutActive);
    }

    /** Creates the layers' variables for inputs of width {@code inputDim}. */
    public Dnn build(LayerScope scope, int inputDim) {
      return new Dnn(scope, inputDim, this);
    }
  }

  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> out = x;
    int last = denseLayers.size() - 1;
    for (int i = 0; i < last; i++) {
      out = options.activation().call(tf, denseLayers.get(i).call(tf, out)); // [B, …, units[i]]
      out = dropoutLayers.get(i).call(tf, out);
    }
    out = denseLayers.get(last).call(tf, out); // [B, …, units[last]]
    return options.outActive() ? options.activation().call(tf, out) : out;
  }
}
