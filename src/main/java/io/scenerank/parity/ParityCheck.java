package io.scenerank.parity;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import io.scenerank.variable.TensorFlowErrors;
import java.nio.file.Path;
import java.util.Locale;

/** Runs parity cases. */
public final class ParityCheck {
  private final CaseReader reader = new CaseReader();
  private final LayerRunner layers;
  private final ModelRunner models;

  /**
   * With a tolerance of 1e-6 for outputs, 1e-5 for gradients and losses, and 1e-4 for variables
   * after training steps.
   *
   * @param models the models that a case may name
   */
  public ParityCheck(Models models) {
    this(models, Tolerances.defaults());
  }

  /**
   * @param models the models that a case may name
   * @param tolerance of everything but first values, which are the same bits or wrong: {@code |a -
   *     e| <= tolerance · (1 + |e|)}
   */
  public ParityCheck(Models models, double tolerance) {
    this(models, Tolerances.all(tolerance));
  }

  private ParityCheck(Models models, Tolerances tolerances) {
    Comparisons comparisons = new Comparisons(tolerances);
    this.layers = new LayerRunner(comparisons);
    this.models = new ModelRunner(models, comparisons);
  }

  /**
   * Runs one case.
   *
   * @throws InvalidInputException if the file cannot be read or names what the project does not
   *     know
   */
  public CaseResult run(Path path) {
    CaseFile file = reader.read(path);
    ImmutableList<TensorComparison> tensors;
    try {
      tensors = file.kind() == CaseFile.Kind.LAYER ? layers.run(file) : models.run(file);
    } catch (InvalidInputException e) {
      // A model or its parameters do not know of the file.
      throw e.in(path.toString());
    } catch (RuntimeException e) {
      if (TensorFlowErrors.isOne(e)) {
        throw new InvalidInputException(
            path + ": the case cannot be computed (" + TensorFlowErrors.firstLine(e) + ")", e);
      }
      throw e;
    }
    if (tensors.isEmpty()) {
      throw new InvalidInputException(path + ": nothing to compare: no outputs and no gradients");
    }
    return new CaseResult(path, file.kind().name().toLowerCase(Locale.ROOT), file.name(), tensors);
  }
}
