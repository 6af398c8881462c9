package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import io.scenerank.layer.base.LayerTree;
import io.scenerank.layer.base.LayerTree.Stored;
import io.scenerank.layer.base.LayerTree.VariableNode;
import io.scenerank.variable.FloatTensor;
import java.util.Map;
import java.util.Optional;

/**
 * A kernel with a low-rank adaptation ({@code lora_rank}): files of a model's objects have the sum
 * of both, and lists of a model's variables have the kernel and the two factors.
 */
final class AdaptedKernel {
  private AdaptedKernel() {}

  /** Whether two factors are trained in the place of a variable of a layer. */
  static boolean isOne(LayerTree layer, VariableNode variable) {
    return factor(layer, variable, "_a").isPresent();
  }

  private static Optional<VariableNode> factor(
      LayerTree layer, VariableNode kernel, String suffix) {
    String name = "lora_" + kernel.name() + suffix;
    return layer.variables().stream()
        .filter(other -> other.stored() == Stored.NOWHERE && other.name().equals(name))
        .findFirst();
  }

  /**
   * The value of a variable with the adaptation in it; of one that nothing adapts, its value.
   *
   * @param weights values of the model's variables by their paths
   */
  static FloatTensor merged(
      LayerTree layer, VariableNode variable, Map<String, FloatTensor> weights) {
    FloatTensor kernel = value(variable, weights);
    Optional<VariableNode> first = factor(layer, variable, "_a");
    Optional<VariableNode> second = factor(layer, variable, "_b");
    if (first.isEmpty() || second.isEmpty()) {
      return kernel;
    }
    float[] a = value(first.get(), weights).values(); // [in, rank]
    float[] b = value(second.get(), weights).values(); // [rank, out]
    int rank = Math.toIntExact(second.get().shape().get(0));
    int out = b.length / rank;
    float scale = layer.layer().config().adaptationScale(rank);
    float[] sums = kernel.values().clone();
    for (int i = 0; i < sums.length; i++) {
      float change = 0;
      for (int k = 0; k < rank; k++) {
        change += a[i / out * rank + k] * b[k * out + i % out];
      }
      sums[i] += scale * change;
    }
    return new FloatTensor(kernel.shape(), sums);
  }

  private static FloatTensor value(VariableNode variable, Map<String, FloatTensor> weights) {
    return requireNonNull(weights.get(variable.path()), variable.path());
  }
}
