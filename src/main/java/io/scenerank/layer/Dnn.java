package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.LayerScope;
import io.scenerank.variable.Shapes;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;

/**
 * A stack of Dense layers ({@code DNNs} in the reference implementation). Batch normalisation,
 * activation and dropout follow every layer but the last, in this order; {@code outActive} adds the
 * activation after the last one. A single layer is a plain affine map.
 *
 * <p>Input [B, …, in], output [B, …, last unit]; [B, in] only with batch normalisation. Variables
 * {@code dense_layers/<i>}, {@code bn_layers/<i>} with {@code useBn}, and {@code
 * activation_layers/<i>/alpha} with {@code prelu} and {@code dice}.
 *
 * <p>Source: the multi-layer perceptron of all models here ({@code DNNs} in their Keras code); its
 * batch normalisation as in Batch Normalization (Ioffe and Szegedy, 2015), section 3.
 */
public final class Dnn extends Layer {
  private final ImmutableList<Dense> denseLayers; // dense_layers/<i>
  private final ImmutableList<BatchNormalization> bnLayers; // bn_layers/<i>, with useBn only
  private final ImmutableList<ActivationFunction> activationLayers; // activation_layers/<i>
  private final ImmutableList<Dropout> dropoutLayers; // dropout_layers/<i>

  private Dnn(LayerScope scope, int inputDim, Options options) {
    super(scope);
    ImmutableList.Builder<Dense> dense = ImmutableList.builder();
    ImmutableList.Builder<BatchNormalization> norms = ImmutableList.builder();
    ImmutableList.Builder<ActivationFunction> activations = ImmutableList.builder();
    ImmutableList.Builder<Dropout> dropout = ImmutableList.builder();
    int last = options.units().size() - 1;
    int width = inputDim;
    for (int i = 0; i <= last; i++) {
      int units = options.units().get(i);
      dense.add(Dense.units(units).build(scope.child("dense_layers").child(i), width));
      if (i < last && options.useBn()) {
        norms.add(new BatchNormalization(scope.child("bn_layers").child(i), units));
      }
      if (i < last || options.outActive()) {
        LayerScope activation = scope.child("activation_layers").child(i);
        activations.add(options.activation().build(activation, Shape.of(units)));
      }
      if (i < last) {
        dropout.add(new Dropout(scope.child("dropout_layers").child(i), options.dropoutRate()));
      }
      width = units;
    }
    this.denseLayers = dense.build();
    this.bnLayers = norms.build();
    this.activationLayers = activations.build();
    this.dropoutLayers = dropout.build();
  }

  /** A stack of these widths: relu between the layers, no dropout, a linear output. */
  public static Options units(ImmutableList<Integer> units) {
    return new Options(units, 0f, Activation.RELU, false, false);
  }

  /**
   * Constructor arguments of the Python class.
   *
   * @param units width of each layer, at least one
   * @param dropoutRate dropout after every layer but the last
   * @param activation activation after every layer but the last
   * @param outActive whether the activation follows the last layer too
   * @param useBn whether batch normalisation follows every layer but the last
   */
  public record Options(
      ImmutableList<Integer> units,
      float dropoutRate,
      Activation activation,
      boolean outActive,
      boolean useBn) {
    public Options {
      if (units.isEmpty()) {
        throw new IllegalArgumentException("a Dnn needs at least one layer");
      }
    }

    public Options dropoutRate(float newRate) {
      return new Options(units, newRate, activation, outActive, useBn);
    }

    public Options activation(Activation newActivation) {
      return new Options(units, dropoutRate, newActivation, outActive, useBn);
    }

    public Options outActive(boolean newOutActive) {
      return new Options(units, dropoutRate, activation, newOutActive, useBn);
    }

    public Options useBn(boolean newUseBn) {
      return new Options(units, dropoutRate, activation, outActive, newUseBn);
    }

    /** Creates the layers' variables for inputs of width {@code inputDim}. */
    public Dnn build(LayerScope scope, int inputDim) {
      return new Dnn(scope, inputDim, this);
    }
  }

  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> out = x;
    for (int i = 0; i < denseLayers.size(); i++) {
      out = denseLayers.get(i).call(tf, out); // [B, …, units[i]]
      if (i < bnLayers.size()) {
        out = bnLayers.get(i).call(tf, out);
      }
      if (i < activationLayers.size()) {
        out = activationLayers.get(i).call(tf, out);
      }
      if (i < dropoutLayers.size()) {
        out = dropoutLayers.get(i).call(tf, out);
      }
    }
    return out; // [B, …, units[last]]
  }

  /** The first layer, without what follows it. */
  Dense first() {
    return denseLayers.get(0);
  }

  /** Whether nothing follows the first layer. */
  boolean isAffine() {
    return denseLayers.size() == 1 && activationLayers.isEmpty();
  }

  /**
   * Several {@link Dnn}s of one input, their outputs below each other. Single layers of one width,
   * one wide layer in fact, take one product instead of one each: the input is read once, its
   * gradient needs no sum over the networks, and nothing is copied together. The outputs are those
   * of the networks one by one, up to rounding.
   */
  public static final class Group {
    private final ImmutableList<Dnn> dnns;

    /**
     * @param dnns at least one, all for inputs of one width and with outputs of one width
     */
    public Group(List<Dnn> dnns) {
      this.dnns = ImmutableList.copyOf(dnns);
    }

    /** The outputs [B, number of networks, units] for x [B, in], in the order of the networks. */
    public Operand<TFloat32> call(Ops tf, Operand<TFloat32> x) {
      int units = dnns.get(0).first().units();
      if (dnns.size() == 1 || !dnns.stream().allMatch(dnn -> isLayer(dnn, units))) {
        return tf.stack(dnns.stream().map(dnn -> dnn.call(tf, x)).toList(), Stack.axis(1L));
      }
      List<Operand<TFloat32>> kernels = dnns.stream().map(dnn -> dnn.first().kernel()).toList();
      List<Operand<TFloat32>> biases = dnns.stream().map(dnn -> dnn.first().bias()).toList();
      Operand<TFloat32> wide =
          tf.nn.biasAdd(
              tf.linalg.matMul(x, Shapes.concat(tf, kernels, 1)), Shapes.concat(tf, biases, 0));
      return tf.reshape(wide, tf.constant(new int[] {-1, dnns.size(), units}));
    }

    private static boolean isLayer(Dnn dnn, int units) {
      return dnn.isAffine() && dnn.first().units() == units;
    }
  }
}
