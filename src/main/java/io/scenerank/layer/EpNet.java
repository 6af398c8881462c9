package io.scenerank.layer;

import io.scenerank.variable.LayerScope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Embedding personalisation: scales the shared embedding by a gate of the scenario. The gate reads
 * the embedding too, but no gradient flows back through that path, so that the gate does not
 * disturb what the scenarios share.
 *
 * <p>Inputs domain [B, d] and emb [B, E], output [B, E]. Source: PEPNet (Chang et al., 2023),
 * section 3.2.
 */
public final class EpNet extends Layer {
  private final GateNu gateNu; // gate_nu

  /**
   * @param domainDim d
   * @param embDim E
   * @param l2Reg factor of sum(kernel²) of the gate in the loss
   */
  public EpNet(LayerScope scope, int domainDim, int embDim, float l2Reg) {
    super(scope);
    this.gateNu =
        GateNu.hiddenUnits(embDim, embDim)
            .l2Reg(l2Reg)
            .build(scope.child("gate_nu"), domainDim + embDim);
  }

  public Operand<TFloat32> call(Ops tf, Operand<TFloat32> domain, Operand<TFloat32> emb) {
    return tf.math.mul(gate(tf, domain, emb), emb); // [B, E]
  }

  /** What {@link #call} multiplies the embedding by, [B, E]. */
  public Operand<TFloat32> gate(Ops tf, Operand<TFloat32> domain, Operand<TFloat32> emb) {
    return gateNu.call(tf, domain, emb);
  }
}
