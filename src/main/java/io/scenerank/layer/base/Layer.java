package io.scenerank.layer.base;

import com.google.common.collect.ImmutableMap;
import io.scenerank.variable.LayerScope.Training;
import io.scenerank.variable.Weight;
import java.util.Optional;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * A Keras layer as its constructor's arguments describe it, without variables: immutable, and the
 * same for every graph that it is built in. {@link #build} gives it variables in one graph; all
 * calls of the graph share them.
 *
 * <p>A subclass is named after Keras' class and says in its {@link LayerType} which arguments it
 * takes.
 */
public abstract class Layer {
  private final LayerConfig config;

  protected Layer(LayerConfig config) {
    this.config = config;
  }

  /** The constructor's arguments under Keras' names. */
  public final LayerConfig config() {
    return config;
  }

  /** The layer's name, unique among the layers of its model. */
  public final String name() {
    return config.name();
  }

  /** Name of the Keras class. */
  public final String kerasClass() {
    return config.type().kerasClass();
  }

  /** What becomes of the mask of the first input. */
  public Masking masking() {
    return Masking.DROP;
  }

  /** The layers inside it that others hold too, and how often a call of this one calls each. */
  public ImmutableMap<Layer, Integer> sharedLayers() {
    return ImmutableMap.of();
  }

  /** When two calls on the same tensors give the same. */
  public Repeats repeats() {
    return Repeats.NEVER;
  }

  /** When two calls on the same tensors give the same. */
  public enum Repeats {
    /** They may differ: the layer draws, or nobody has said that it does not. */
    NEVER,
    /** Where they are of the same layer. */
    OF_THE_LAYER,
    /** Where their layers have the same class and arguments: there are no variables. */
    OF_THE_CLASS
  }

  /** Whether the inputs that are of a float type are converted to the layer's own. */
  public boolean autocasts() {
    return true;
  }

  /** The term of the loss that the layer's outputs add in training. */
  protected Optional<Regularizer> activityRegularizer() {
    return Regularizers.read(config.argumentOrMissing("activity_regularizer"), config.shown());
  }

  /** What a mask that is given to a call means. */
  public Operand<TBool> readMask(Ops tf, Operand<? extends TType> mask) {
    return Casts.to(tf, mask, TBool.class);
  }

  /**
   * Whether the call reads the argument {@code mask} itself; else it takes the place of the inputs'
   * own masks.
   */
  public boolean takesMask() {
    return false;
  }

  /**
   * Whether the layers inside it are arguments of its own: Keras builds these before it when it
   * loads a model, so that the paths of their variables begin with their own names.
   */
  public boolean wraps() {
    return false;
  }

  /** Whether Keras' file has the variables under their names instead of their numbers. */
  public boolean storesByName() {
    return false;
  }

  /** Whether the layer's own outputs add to the loss where it has an activity regularizer. */
  public boolean regularizesActivity() {
    return true;
  }

  /**
   * Creates the layer's variables.
   *
   * @param scope its place in the model
   * @param inputs what the first call is made with; shapes and types are taken from it
   * @return what every call does
   * @throws IllegalArgumentException if the layer cannot be called so
   */
  public abstract Call build(BuildScope scope, Arguments<MaskedTensor> inputs);

  /** A layer whose variables exist. */
  @FunctionalInterface
  public interface Call {
    /**
     * Adds the layer's computation to the graph.
     *
     * @param context the graph and the number of this call
     * @param inputs the arguments
     */
    Structure<MaskedTensor> call(CallContext context, Arguments<MaskedTensor> inputs);
  }

  /** {@link Call} of a layer with one input and one output of floats, whose mask stays the same. */
  @FunctionalInterface
  public interface UnaryCall {
    Operand<TFloating> call(CallContext context, Operand<TFloating> x);
  }

  /** A call that leaves the mask to {@link #masking}; integers become floats, as in Keras. */
  protected final Call unary(UnaryCall call) {
    return (context, inputs) -> {
      MaskedTensor x = inputs.only();
      Operand<TFloating> floats =
          x.isFloating()
              ? x.floats()
              : Casts.toFloating(context.tf(), x.numbers(), config.policy().compute());
      return Structure.leaf(new MaskedTensor(call.call(context, floats), x.mask()));
    };
  }

  /**
   * The mask of a call: the one that is given by position, or the first input's.
   *
   * @param position number of the argument {@code mask} in the signature of Keras' {@code call}
   */
  protected final Optional<Operand<TBool>> mask(
      Ops tf, Arguments<MaskedTensor> inputs, int position) {
    return inputs
        .find("mask", position)
        .flatMap(given -> given.leaves().stream().findFirst())
        .map(given -> readMask(tf, given.value()))
        .or(() -> inputs.tensors().stream().findFirst().flatMap(MaskedTensor::mask));
  }

  /** {@link UnaryCall} of a layer that takes values of any type and keeps it. */
  @FunctionalInterface
  public interface AnyCall {
    Operand<TType> call(CallContext context, Operand<TType> x);
  }

  /** A call that leaves the mask to {@link #masking}, of values of any type. */
  protected static Call anyUnary(AnyCall call) {
    return (context, inputs) -> {
      MaskedTensor x = inputs.only();
      return Structure.leaf(new MaskedTensor(call.call(context, x.any()), x.mask()));
    };
  }

  /** What becomes of the mask of the first input. */
  public enum Masking {
    /** The output has none. */
    DROP,
    /** The output has the mask of the first input. */
    PASS,
    /** The call itself says which mask its outputs have. */
    OWN
  }

  /**
   * A variable of a layer.
   *
   * @param weight the variable in the graph, float32
   * @param compute the type in which the layer computes
   */
  public record Variable(Weight weight, Class<? extends TFloating> compute) {

    /** Its value in the type in which the layer computes. */
    public Operand<TFloating> read(Ops tf) {
      return Casts.toFloating(tf, weight.value(), compute);
    }

    /** Its value as it is kept. */
    public Operand<TFloat32> value() {
      return weight.value();
    }

    /** Its shape. */
    public Shape shape() {
      return weight.shape();
    }
  }

  /**
   * Where a call of a layer is added.
   *
   * @param tf the graph
   * @param training present in the training form
   * @param number number of this call among those of the layer in one forward pass, from 0
   */
  public record CallContext(Ops tf, Optional<Training> training, int number) {

    /** A number of the type of {@code like}. */
    public Operand<TFloating> number(Operand<TFloating> like, double value) {
      return Casts.number(tf, like, value);
    }
  }

  /** A layer {@code activation(x · kernel + bias)} whose variables exist. */
  public interface AffineCall extends Layer.Call {
    /** [in, units]. */
    Variable kernel();

    /** [units]; absent where there is none. */
    Optional<Variable> bias();

    /** {@code x · kernel + bias}, [B, …, in] → [B, …, units]. */
    default Operand<TFloating> affine(Ops tf, Operand<TFloating> x) {
      return Products.affine(tf, x, kernel().read(tf), bias().map(variable -> variable.read(tf)));
    }

    /** Whether no activation follows. */
    boolean isLinear();
  }

  /** Sees what layers show of their computation. */
  @FunctionalInterface
  public interface LayerObserver {
    /** Nobody looks. */
    LayerObserver NONE = (path, value) -> {};

    /**
     * Takes a value.
     *
     * @param path of the layer and the name of what it shows, as {@code dnn/epnet/gate}
     * @param value adds it to the graph
     */
    void observe(String path, Supplier<Operand<TFloating>> value);
  }
}
