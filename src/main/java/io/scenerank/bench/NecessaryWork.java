package io.scenerank.bench;

import io.scenerank.model.ApgParams;
import io.scenerank.model.M2mParams;
import io.scenerank.model.MmoeParams;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.PepNetParams;
import io.scenerank.model.SharedBottomParams;

/**
 * The multiply-adds of a training step that a model's formulas ask for, whatever the code does.
 *
 * <p>Counted are matrix products as the model writes them: forward, the gradients to weights, and
 * the gradients to inputs where something needs them: an embedding does, what is behind a {@code
 * stop_gradient} does not. Weights that are generated from a condition of few values, as APG's from
 * the scene, cost nothing a row; of those generated for each row the cheaper order of products
 * counts. Not counted: whatever is done value by value (activations, gates, dropout, biases, the
 * sum over experts), look-ups, linear logits, what is computed once a batch, sequences' attention,
 * and the optimizer. A form that needs fewer products than the model writes therefore shows as a
 * higher share of the machine's speed.
 */
public final class NecessaryWork {
  private NecessaryWork() {}

  /**
   * For one row.
   *
   * @throws IllegalArgumentException if the model is not one of the library's
   */
  public static MultiplyAdds of(ModelDefinition<?> definition) {
    GroupWidths widths = new GroupWidths(definition);
    ModelParams params = definition.params();
    if (params instanceof PepNetParams pepNet) {
      return PepNetWork.of(pepNet, widths);
    }
    if (params instanceof ApgParams apg) {
      return ApgWork.of(apg, widths);
    }
    if (params instanceof M2mParams m2m) {
      return M2mWork.of(m2m, widths);
    }
    if (params instanceof MmoeParams mmoe) {
      return MmoeWork.of(mmoe, widths);
    }
    if (params instanceof SharedBottomParams shared) {
      return SharedBottomWork.of(shared, widths);
    }
    throw new IllegalArgumentException("the work of " + definition.type().name() + " is not known");
  }
}
