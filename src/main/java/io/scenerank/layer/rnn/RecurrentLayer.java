package io.scenerank.layer.rnn;

import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.BuildScope;
import io.scenerank.layer.base.Casts;
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
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * A layer that runs a cell over the steps of its input.
 *
 * <p>Input [B, T, D] and perhaps {@code initial_state}, a list of [B, size]; output [B, size] of
 * the last step or [B, T, size] of all, and where requested the last states. A masked step changes
 * no state and repeats the output before it, zeros at the start; or gives zeros with {@code
 * zero_output_for_mask}. {@code go_backwards} gives the outputs in reversed time.
 */
abstract class RecurrentLayer extends Layer {
  private static final String MASK = "mask";
  private static final int MASK_PLACE = 2;

  private final boolean returnSequences;
  private final boolean returnState;
  private final boolean goBackwards;
  private final boolean zeroOutput;

  RecurrentLayer(LayerConfig config) {
    super(config);
    this.returnSequences = config.flag("return_sequences");
    this.returnState = config.flag("return_state");
    this.goBackwards = config.flag("go_backwards");
    this.zeroOutput = config.flag("zero_output_for_mask");
  }

  /** Adds the arguments of all recurrent layers. */
  static LayerType arguments(LayerType type) {
    return type.argument("return_sequences", false)
        .argument("return_state", false)
        .argument("go_backwards", false)
        .only("stateful", false)
        .argument("unroll", false)
        .argument("zero_output_for_mask", false)
        .only("time_major", false)
        .argument("use_cudnn", "auto");
  }

  /** The cell. */
  abstract Cell cell();

  boolean returnsSequences() {
    return returnSequences;
  }

  boolean returnsState() {
    return returnState;
  }

  boolean goesBackwards() {
    return goBackwards;
  }

  @Override
  public Masking masking() {
    return Masking.OWN;
  }

  @Override
  public boolean takesMask() {
    return true;
  }

  @Override
  public Call build(BuildScope scope, Arguments<MaskedTensor> inputs) {
    MaskedTensor x = sequences(inputs);
    Sizes.requireRank(x, 3);
    BoundLayer cell = scope.child("cell", cell());
    Cell.Pass pass = StackedRnnCells.passOf(cell, x.floats());
    return (context, arguments) -> call(context, arguments, pass);
  }

  /** The first argument; Keras 2 passes states behind it in one list. */
  static MaskedTensor sequences(Arguments<MaskedTensor> inputs) {
    return inputs.get("sequences", 0).leaves().get(0);
  }

  /** The given first states of a call; none where they are zeros. */
  static ImmutableList<MaskedTensor> givenStates(Arguments<MaskedTensor> inputs) {
    ImmutableList<MaskedTensor> first = inputs.get("sequences", 0).leaves();
    return first.size() > 1
        ? first.subList(1, first.size())
        : inputs.find("initial_state", 1).map(Structure::leaves).orElse(ImmutableList.of());
  }

  /**
   * The mask that the steps are computed with: that of the call. Without one, it is the input's own
   * mask, which Keras 3 forgets where first states are given.
   */
  static Optional<Operand<TBool>> maskOf(
      Ops tf, Arguments<MaskedTensor> inputs, LayerConfig config) {
    Optional<MaskedTensor> given =
        inputs.find(MASK, MASK_PLACE).flatMap(mask -> mask.leaves().stream().findFirst());
    if (given.isPresent()) {
      return given.map(mask -> Casts.to(tf, mask.value(), TBool.class));
    }
    boolean forgotten = config.generation() == 3 && !givenStates(inputs).isEmpty();
    return forgotten ? Optional.empty() : sequences(inputs).mask();
  }

  private Structure<MaskedTensor> call(
      CallContext context, Arguments<MaskedTensor> inputs, Cell.Pass pass) {
    Ops tf = context.tf();
    MaskedTensor input = sequences(inputs);
    ImmutableList<MaskedTensor> given = givenStates(inputs);
    Optional<Operand<TBool>> mask = maskOf(tf, inputs, config());
    Sequence sequence =
        new Sequence(
            ordered(tf, input.floats()),
            states(tf, input.floats(), given),
            mask.map(steps -> ordered(tf, steps)));
    Sequence.Result result = pass.run(context, sequence);
    Optional<Operand<TBool>> shown = shown(tf, sequence.mask(), !given.isEmpty());
    Optional<Operand<TBool>> outputMask = returnSequences ? mask.or(input::mask) : Optional.empty();
    List<MaskedTensor> outputs = new ArrayList<>();
    outputs.add(new MaskedTensor(output(tf, result.outputs(), shown), outputMask));
    if (returnState) {
      result.states().forEach(state -> outputs.add(MaskedTensor.of(state)));
    }
    return outputs.size() == 1 ? Structure.leaf(outputs.get(0)) : Structure.items(outputs);
  }

  /** The steps in the order in which the cell reads them. */
  private <T extends TType> Operand<T> ordered(Ops tf, Operand<T> steps) {
    return goBackwards ? tf.reverse(steps, tf.constant(new int[] {1})) : steps;
  }

  private ImmutableList<Operand<TFloating>> states(
      Ops tf, Operand<TFloating> x, List<MaskedTensor> given) {
    ImmutableList<Integer> sizes = cell().stateSizes();
    if (!given.isEmpty() && given.size() != sizes.size()) {
      throw new IllegalArgumentException(
          "initial_state has " + given.size() + " tensors, expected " + sizes.size());
    }
    ImmutableList.Builder<Operand<TFloating>> states = ImmutableList.builder();
    for (int i = 0; i < sizes.size(); i++) {
      states.add(
          given.isEmpty()
              ? tf.fill(
                  tf.stack(List.of(Sizes.of(tf, x, 0), tf.constant(sizes.get(i)))),
                  Casts.number(tf, x, 0))
              : given.get(i).floats());
    }
    return states.build();
  }

  /**
   * False where an output is zeros in the place of a state, [B, T]. Before the first step that
   * counts there is no output to repeat, but there may be a state.
   */
  private Optional<Operand<TBool>> shown(Ops tf, Optional<Operand<TBool>> mask, boolean hasStates) {
    if (mask.isEmpty() || zeroOutput) {
      return mask;
    }
    return hasStates
        ? Optional.of(
            tf.math.greater(
                tf.math.cumsum(Casts.to(tf, mask.get(), TInt32.class), tf.constant(1)),
                tf.constant(0)))
        : Optional.empty();
  }

  private Operand<TFloating> output(
      Ops tf, Sequence.Outputs outputs, Optional<Operand<TBool>> shown) {
    Operand<TFloating> out = returnSequences ? outputs.all(tf) : outputs.last(tf);
    if (shown.isEmpty()) {
      return out;
    }
    Operand<TBool> counts =
        returnSequences
            ? tf.expandDims(shown.get(), tf.constant(2)) // [B, T, 1]
            : tf.slice(
                shown.get(),
                tf.stack(
                    List.of(
                        tf.constant(0), tf.math.sub(Sizes.of(tf, shown.get(), 1), tf.constant(1)))),
                tf.constant(new int[] {-1, 1})); // [B, 1]
    return tf.select(counts, out, Casts.number(tf, out, 0));
  }
}
