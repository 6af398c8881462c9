package io.scenerank.layer.base;

import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.base.Layer.CallContext;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * A layer at its place in a model that is being built. The first call creates its variables, all
 * calls share them.
 */
public final class BoundLayer {
  private final Layer layer;
  private final BuildScope scope;
  private Layer.@Nullable Call built;
  private int calls;

  BoundLayer(Layer layer, BuildScope scope) {
    this.layer = layer;
    this.scope = scope;
  }

  /** The layer. */
  public Layer layer() {
    return layer;
  }

  /** Where it is built. */
  public BuildScope scope() {
    return scope;
  }

  /** {@code layer(x)} of one tensor of floats with one result, without masks. */
  public Operand<TFloating> call(Ops tf, Operand<TFloating> x) {
    return call(tf, Arguments.of(MaskedTensor.of(x))).only().floats();
  }

  /** {@code layer(x)} of one tensor with one result. */
  public MaskedTensor call(Ops tf, MaskedTensor x) {
    return call(tf, Arguments.of(x)).only();
  }

  /**
   * Calls the layer as Keras does: the inputs are converted to its type, it is built if this is the
   * first call, and the mask is passed on or dropped.
   *
   * @throws InvalidInputException naming the layer if it cannot be called so
   */
  public Structure<MaskedTensor> call(Ops tf, Arguments<MaskedTensor> arguments) {
    Arguments<MaskedTensor> inputs = prepared(tf, arguments);
    try {
      Structure<MaskedTensor> outputs =
          built(inputs).call(new CallContext(tf, scope.training(), calls++), inputs);
      scope.output(outputs);
      addActivityLoss(tf, outputs);
      return masked(inputs, outputs);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new InvalidInputException(layer.config().shown() + ": " + e.getMessage(), e);
    }
  }

  /**
   * What every call does, for a layer around this one that calls it in its own way.
   *
   * @param inputs what the layer is built for if nothing was built yet
   */
  public Layer.Call built(Arguments<MaskedTensor> inputs) {
    if (built == null) {
      built = layer.build(scope, inputs);
    }
    return built;
  }

  /**
   * What every call does, for a pass that builds the layer in its own way if nothing was built yet.
   *
   * @param maker builds it
   */
  public Layer.Call built(Function<BuildScope, Layer.Call> maker) {
    if (built == null) {
      built = maker.apply(scope);
    }
    return built;
  }

  /**
   * Says what every call does, instead of what the layer itself would build.
   *
   * @param call a pass's own way to compute it
   */
  public void install(Layer.Call call) {
    if (built != null) {
      throw new IllegalStateException(layer.config().shown() + " is built already");
    }
    built = call;
  }

  private Arguments<MaskedTensor> prepared(Ops tf, Arguments<MaskedTensor> arguments) {
    Arguments<MaskedTensor> inputs = arguments;
    Optional<MaskedTensor> given =
        arguments.named().containsKey("mask")
            ? arguments.named().get("mask").leaves().stream().findFirst()
            : Optional.empty();
    if (given.isPresent() && !layer.takesMask() && !arguments.positional().isEmpty()) {
      Optional<Operand<TBool>> mask = Optional.of(layer.readMask(tf, given.get().value()));
      inputs = arguments.without("mask").map(x -> x.withMask(mask));
    }
    return layer.autocasts() && layer.config().autocasts()
        ? inputs.map(x -> autocast(tf, x))
        : inputs;
  }

  /** A tensor as the layer computes with it: floats are converted to its own type. */
  public MaskedTensor autocast(Ops tf, MaskedTensor x) {
    return x.isFloating()
        ? new MaskedTensor(Casts.toFloating(tf, x.value(), scope.policy().compute()), x.mask())
        : x;
  }

  private Structure<MaskedTensor> masked(
      Arguments<MaskedTensor> inputs, Structure<MaskedTensor> outputs) {
    return switch (layer.masking()) {
      case OWN -> outputs;
      case DROP -> outputs.map(x -> x.withMask(Optional.empty()));
      case PASS -> {
        Optional<Operand<TBool>> mask =
            inputs.tensors().stream().findFirst().flatMap(MaskedTensor::mask);
        yield outputs.map(x -> x.withMask(mask));
      }
    };
  }

  /** Keras divides the loss of an output by the number of its rows. */
  private void addActivityLoss(Ops tf, Structure<MaskedTensor> outputs) {
    if (scope.training().isEmpty() || !layer.regularizesActivity()) {
      return;
    }
    layer
        .activityRegularizer()
        .ifPresent(
            regularizer -> {
              for (MaskedTensor output : outputs.leaves()) {
                Operand<TFloat32> x = Casts.to(tf, output.value(), TFloat32.class);
                Operand<TFloat32> rows = tf.dtypes.cast(Sizes.of(tf, x, 0), TFloat32.class);
                Operand<TFloat32> loss = tf.math.div(regularizer.call(tf, x), rows);
                scope.store().addLoss(graph -> loss);
              }
            });
  }
}
