package io.scenerank.layer.base;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import java.util.Map;
import org.tensorflow.op.Ops;

/**
 * Ops that give some tensors of a graph faster than the calls of its layers, up to rounding.
 *
 * @param gives the tensors; perhaps further ones, which only other replacements read
 * @param reads the tensors that the ops are made of
 * @param ops adds them
 */
public record Replacement(
    ImmutableSet<TensorRef> gives, ImmutableSet<TensorRef> reads, Computation ops) {

  /** Adds ops to a graph. */
  @FunctionalInterface
  public interface Computation {
    /**
     * Adds the ops.
     *
     * @param values what is read
     * @return what is given
     */
    ImmutableMap<TensorRef, MaskedTensor> add(Ops tf, Map<TensorRef, MaskedTensor> values);
  }
}
