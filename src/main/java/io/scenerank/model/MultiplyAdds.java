package io.scenerank.model;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * Multiply-adds of matrix products that a model's formulas need for one row of a training step,
 * independent of the form in which the code computes them.
 *
 * <p>Counted are matrix products as the model writes them: forward, the gradients to weights, and
 * the gradients to inputs where something needs them: an embedding does, what is behind a {@code
 * stop_gradient} does not. Weights that are generated from a condition of few values, as APG's from
 * the scene, cost nothing a row; of those generated for each row the cheaper order of products
 * counts. Not counted: element-wise operations (activations, gates, dropout, biases, the sum over
 * experts), look-ups, linear logits, what is computed once a batch, attention over sequences, and
 * the optimizer. A form that needs fewer products than the model writes therefore shows as a higher
 * share of the machine's speed.
 *
 * @param forward of the products themselves
 * @param weights of the gradients to their weights
 * @param inputs of the gradients to their inputs, where something needs them
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record MultiplyAdds(long forward, long weights, long inputs) {
  /** None. */
  public static final MultiplyAdds NONE = new MultiplyAdds(0, 0, 0);

  /** A product by a matrix [in, out], all of whose inputs need a gradient. */
  static MultiplyAdds dense(long in, long out) {
    return of(in * out);
  }

  /**
   * A product by a matrix [in + stopped, out].
   *
   * @param in inputs that need a gradient
   * @param stopped inputs that need none
   */
  static MultiplyAdds dense(long in, long stopped, long out) {
    return new MultiplyAdds((in + stopped) * out, (in + stopped) * out, in * out);
  }

  /** A product of this many multiply-adds, both of whose factors need a gradient. */
  static MultiplyAdds of(long forward) {
    return new MultiplyAdds(forward, forward, forward);
  }

  /** Width of the last of these layers. */
  static int last(List<Integer> units) {
    return units.get(units.size() - 1);
  }

  /** Layers of these widths, each the next one's input. */
  static MultiplyAdds stack(long in, List<Integer> units) {
    MultiplyAdds sum = NONE;
    long width = in;
    for (int unit : units) {
      sum = sum.plus(dense(width, unit));
      width = unit;
    }
    return sum;
  }

  MultiplyAdds plus(MultiplyAdds other) {
    return new MultiplyAdds(
        forward + other.forward, weights + other.weights, inputs + other.inputs);
  }

  MultiplyAdds times(long factor) {
    return new MultiplyAdds(factor * forward, factor * weights, factor * inputs);
  }

  /** Forward and backward together. */
  public long total() {
    return forward + weights + inputs;
  }
}
