package io.scenerank.layer.rnn;

import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Layer.Variable;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Keras' {@code SimpleRNNCell}: {@code h = activation(x · kernel + bias + h · recurrent_kernel)}.
 *
 * <p>Input [B, D], one state [B, units]. Variables {@code kernel} [D, units], {@code
 * recurrent_kernel} [units, units], {@code bias} [units]. Source: Keras' layer of this name.
 */
final class SimpleRnnCell extends GatedCell {
  static final LayerType TYPE = Gates.arguments(LayerType.of("SimpleRNNCell", SimpleRnnCell::new));

  private SimpleRnnCell(LayerConfig config) {
    super(config, 1);
  }

  @Override
  Pass pass(BuildScope scope, int inputDim) {
    Gates gates = new Gates(scope, config(), inputDim, units(), 1);
    Optional<Variable> bias =
        scope.addIf(config().flag("use_bias"), "bias", Shape.of(units()), config());
    UnaryCall activate = activation().bind(scope);
    return (context, sequence) -> {
      scope.store().preferPlainSession();
      Ops tf = context.tf();
      Operand<TFloating> in = gates.input(context, sequence.x());
      List<Operand<TFloating>> steps =
          sequence.unstacked(
              tf, bias.isPresent() ? tf.nn.biasAdd(in, bias.get().read(tf)) : in); // [B, units]
      UnaryOperator<Operand<TFloating>> recurrent =
          gates.recurrent(tf, gates.stateFactors(context, sequence), 0, 1);
      return Unrolled.run(
          tf,
          sequence,
          (i, states) ->
              List.of(
                  activate.call(
                      context,
                      tf.math.addN(List.of(steps.get(i), recurrent.apply(states.get(0)))))));
    };
  }
}
