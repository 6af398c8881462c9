package io.scenerank.layer.rnn;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import io.scenerank.layer.base.Structure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * Keras' {@code TimeDistributed}: a layer at each step, with the same variables.
 *
 * <p>Input [B, T, …], output [B, T, …]. All steps are one batch for the layer; one whose result
 * depends on the rest of its batch is called at each step alone in training, as Keras 3 does.
 * Source: Keras' layer of this name.
 */
final class TimeDistributed extends Layer {
  static final LayerType TYPE =
      LayerType.of("TimeDistributed", TimeDistributed::new).argument("layer");

  private final Layer layer;

  private TimeDistributed(LayerConfig config) {
    super(config);
    this.layer = config.layer("layer");
  }

  @Override
  public boolean wraps() {
    return true;
  }

  @Override
  public Masking masking() {
    return Masking.OWN;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    MaskedTensor first = inputs.only();
    if (first.rank() < 3) {
      throw new IllegalArgumentException(
          "the input has the shape " + first.shape() + ", expected [batch, steps, …]");
    }
    boolean apart =
        config().generation() == 3
            && scope.training().isPresent()
            && readsBatch(layer)
            && Sizes.isKnown(first.value(), 1);
    int times = apart ? first.size(1) : 1;
    BoundLayer bound = scope.child("layer", layer, times);
    return (context, arguments) -> {
      MaskedTensor x = arguments.only();
      return Structure.leaf(
          apart ? stepByStep(context, x, bound, times) : together(context, x, bound));
    };
  }

  /** Whether the result for a row depends on the others. */
  private static boolean readsBatch(Layer layer) {
    return layer.kerasClass().equals("BatchNormalization")
        || (layer instanceof Functional model
            && model.graph().layers().stream().anyMatch(TimeDistributed::readsBatch));
  }

  private MaskedTensor together(CallContext context, MaskedTensor x, BoundLayer bound) {
    Ops tf = context.tf();
    Optional<Operand<TBool>> mask = x.mask().map(steps -> flat(tf, steps));
    MaskedTensor out = bound.call(tf, new MaskedTensor(flat(tf, x.value()), mask));
    Optional<Operand<TBool>> outMask = x.mask();
    if (config().generation() == 2) {
      // Keras 2 asks the layer for its mask, Keras 3 does not.
      outMask = out.mask().<Operand<TBool>>map(steps -> byStep(tf, steps, x.value())).or(x::mask);
    }
    return new MaskedTensor(byStep(tf, out.value(), x.value()), outMask);
  }

  /** [B, T, …] → [B·T, …]. */
  private static <T extends TType> Operand<T> flat(Ops tf, Operand<T> x) {
    List<Operand<TInt32>> sizes = new ArrayList<>();
    sizes.add(tf.constant(-1));
    ImmutableList<Operand<TInt32>> all = Sizes.all(tf, x);
    sizes.addAll(all.subList(2, all.size()));
    return Sizes.reshape(tf, x, sizes);
  }

  /** [B·T, …] → [B, T, …]. */
  private static <T extends TType> Operand<T> byStep(
      Ops tf, Operand<T> x, Operand<? extends TType> like) {
    List<Operand<TInt32>> sizes = new ArrayList<>();
    sizes.add(Sizes.of(tf, like, 0));
    sizes.add(Sizes.of(tf, like, 1));
    ImmutableList<Operand<TInt32>> all = Sizes.all(tf, x);
    sizes.addAll(all.subList(1, all.size()));
    return Sizes.reshape(tf, x, sizes);
  }

  private static MaskedTensor stepByStep(
      CallContext context, MaskedTensor x, BoundLayer bound, int steps) {
    Ops tf = context.tf();
    List<Operand<TType>> values = unstacked(tf, x.value(), steps);
    Optional<List<Operand<TBool>>> masks =
        x.mask()
            .map(mask -> ImmutableList.copyOf(tf.unstack(mask, (long) steps, Unstack.axis(1L))));
    List<Operand<TType>> outputs = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      int step = i;
      MaskedTensor out =
          bound.call(tf, new MaskedTensor(values.get(i), masks.map(all -> all.get(step))));
      outputs.add(any(out.value()));
    }
    return new MaskedTensor(tf.stack(outputs, Stack.axis(1L)), x.mask());
  }

  private static List<Operand<TType>> unstacked(Ops tf, Operand<? extends TType> x, int steps) {
    return ImmutableList.copyOf(tf.unstack(any(x), (long) steps, Unstack.axis(1L)));
  }

  @SuppressWarnings("unchecked")
  private static Operand<TType> any(Operand<? extends TType> x) {
    return (Operand<TType>) x;
  }
}
