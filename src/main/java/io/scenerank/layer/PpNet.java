package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.LayerScope;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Parameter personalisation: one tower a task, whose every layer is scaled by a gate of the user
 * and the item. One gate a layer serves all towers; all gates read the towers' common input, not
 * the running hidden state, and no gradient flows back through it.
 *
 * <p>Inputs x [B, E] and persona [B, p]; output a list of T tensors [B, last unit]. Source: PEPNet
 * (Chang et al., 2023), section 3.3.
 */
public final class PpNet extends Layer {
  private final ImmutableList<ImmutableList<Dense>> denseLayers; // dense_layers/<tower>/<i>
  private final ImmutableList<ImmutableList<Dropout>> dropoutLayers; // dropout_layers/<tower>/<i>
  private final ImmutableList<GateNu> gateNu; // gate_nu/<i>
  private final Options options;

  private PpNet(LayerScope scope, int inputDim, int personaDim, Options options) {
    super(scope);
    this.options = options;
    ImmutableList.Builder<ImmutableList<Dense>> dense = ImmutableList.builder();
    ImmutableList.Builder<ImmutableList<Dropout>> dropout = ImmutableList.builder();
    for (int tower = 0; tower < options.multiples(); tower++) {
      dense.add(denseLayers(scope.child("dense_layers").child(tower), inputDim, options));
      dropout.add(dropoutLayers(scope.child("dropout_layers").child(tower), options));
    }
    this.denseLayers = dense.build();
    this.dropoutLayers = dropout.build();
    this.gateNu = gates(scope.child("gate_nu"), inputDim + personaDim, options);
  }

  /** This many towers of these layers: relu, no dropout, no regulariser. */
  public static Options towers(int multiples, ImmutableList<Integer> hiddenUnits) {
    return new Options(multiples, hiddenUnits, Activation.RELU, 0f, 0f);
  }

  /**
   * Constructor arguments of the Python class.
   *
   * @param multiples number of towers, one a task
   * @param hiddenUnits width of each tower layer, at least one
   * @param activation activation of the tower layers
   * @param dropout dropout after each gated layer
   * @param l2Reg factor of sum(kernel²) in the loss, for towers and gates
   */
  public record Options(
      int multiples,
      ImmutableList<Integer> hiddenUnits,
      Activation activation,
      float dropout,
      float l2Reg) {
    public Options activation(Activation newActivation) {
      return new Options(multiples, hiddenUnits, newActivation, dropout, l2Reg);
    }

    public Options dropout(float newDropout) {
      return new Options(multiples, hiddenUnits, activation, newDropout, l2Reg);
    }

    public Options l2Reg(float newL2Reg) {
      return new Options(multiples, hiddenUnits, activation, dropout, newL2Reg);
    }

    /** Creates the variables for x of width {@code inputDim} and personas of {@code personaDim}. */
    public PpNet build(LayerScope scope, int inputDim, int personaDim) {
      return new PpNet(scope, inputDim, personaDim, this);
    }
  }

  /** One output [B, last unit] a tower. */
  public ImmutableList<Operand<TFloat32>> call(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> persona) {
    List<List<Operand<TFloat32>>> gates = gates(tf, x, persona);
    ImmutableList.Builder<Operand<TFloat32>> outputs = ImmutableList.builder();
    for (int tower = 0; tower < options.multiples(); tower++) {
      Operand<TFloat32> hidden = x;
      for (int i = 0; i < gates.size(); i++) {
        Operand<TFloat32> out = denseLayers.get(tower).get(i).call(tf, hidden); // [B, units[i]]
        hidden = tf.math.mul(gates.get(i).get(tower), out); // [B, units[i]]
        hidden = dropoutLayers.get(tower).get(i).call(tf, hidden);
      }
      outputs.add(hidden);
    }
    return outputs.build();
  }

  /** What {@link #call} multiplies each layer of each tower by: [layer][tower], [B, units]. */
  public List<List<Operand<TFloat32>>> gates(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> persona) {
    return gateNu.stream().map(gate -> perTower(tf, gate.call(tf, persona, x))).toList();
  }

  /** [B, units · T] → T times [B, units]. */
  private List<Operand<TFloat32>> perTower(Ops tf, Operand<TFloat32> gate) {
    return options.multiples() == 1
        ? List.of(gate)
        : List.copyOf(tf.split(tf.constant(1), gate, (long) options.multiples()).output());
  }

  private static ImmutableList<Dense> denseLayers(LayerScope scope, int inputDim, Options options) {
    ImmutableList.Builder<Dense> layers = ImmutableList.builder();
    int width = inputDim;
    for (int i = 0; i < options.hiddenUnits().size(); i++) {
      int units = options.hiddenUnits().get(i);
      layers.add(
          Dense.units(units)
              .activation(options.activation())
              .l2Reg(options.l2Reg())
              .build(scope.child(i), width));
      width = units;
    }
    return layers.build();
  }

  private static ImmutableList<Dropout> dropoutLayers(LayerScope scope, Options options) {
    ImmutableList.Builder<Dropout> layers = ImmutableList.builder();
    for (int i = 0; i < options.hiddenUnits().size(); i++) {
      layers.add(new Dropout(scope.child(i), options.dropout()));
    }
    return layers.build();
  }

  private static ImmutableList<GateNu> gates(LayerScope scope, int priorDim, Options options) {
    ImmutableList.Builder<GateNu> gates = ImmutableList.builder();
    for (int i = 0; i < options.hiddenUnits().size(); i++) {
      int width = options.hiddenUnits().get(i) * options.multiples();
      gates.add(
          GateNu.hiddenUnits(width, width).l2Reg(options.l2Reg()).build(scope.child(i), priorDim));
    }
    return gates.build();
  }
}
