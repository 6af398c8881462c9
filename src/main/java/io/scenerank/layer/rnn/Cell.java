package io.scenerank.layer.rnn;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.Layer;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Structure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * What a recurrent layer does at each step. Called as a layer of its own: inputs [B, D] and a list
 * of states, outputs the first new state and all of them.
 */
abstract class Cell extends Layer {

  Cell(LayerConfig config) {
    super(config);
  }

  /** Width of each state; the first is also the output. */
  abstract ImmutableList<Integer> stateSizes();

  /** Width of the output. */
  abstract int outputSize();

  /** A cell with variables: runs over whole sequences. */
  @FunctionalInterface
  interface Pass {
    Sequence.Result run(CallContext context, Sequence sequence);
  }

  /**
   * A cell with variables, as a layer.
   *
   * @param pass what runs over sequences
   */
  record Built(Pass pass) implements Call {
    @Override
    public Structure<MaskedTensor> call(CallContext context, Arguments<MaskedTensor> inputs) {
      Ops tf = context.tf();
      ImmutableList<Operand<TFloating>> states =
          inputs.get("states", 1).leaves().stream()
              .map(MaskedTensor::floats)
              .collect(ImmutableList.toImmutableList());
      Operand<TFloating> step =
          tf.expandDims(inputs.tensor("inputs", 0).floats(), tf.constant(1)); // [B, 1, D]
      Sequence.Result result = pass.run(context, new Sequence(step, states, Optional.empty()));
      List<MaskedTensor> all = new ArrayList<>();
      all.add(MaskedTensor.of(result.outputs().last(tf)));
      result.states().forEach(state -> all.add(MaskedTensor.of(state)));
      return Structure.items(all);
    }
  }
}
