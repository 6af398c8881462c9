package io.scenerank.parity;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import io.scenerank.variable.TensorFlowErrors;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;

/** Runs parity cases. */
public final class ParityCheck {
  private final CaseReader reader = new CaseReader();
  private final LayerRunner layers;
  private final ModelRunner models;
  private final KerasCaseRunner kerasModels;

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
    this.kerasModels = new KerasCaseRunner(models.layers(), tolerances);
  }

  /**
   * Runs one case.
   *
   * @throws InvalidInputException if the file cannot be read or names what the project does not
   *     know
   */
  public CaseResult run(Path path) {
    CaseFile file = reader.read(path);
    return new CaseResult(
        path,
        file.kind().name().toLowerCase(Locale.ROOT),
        file.name(),
        compared(
            path, () -> file.kind() == CaseFile.Kind.LAYER ? layers.run(file) : models.run(file)));
  }

  /**
   * Proves a model of Keras by what was recorded of it.
   *
   * @param model a {@code .keras} file
   * @param cases what {@code record.py} wrote
   * @throws InvalidInputException if a file cannot be read, or the model needs what is not computed
   *     here
   */
  public CaseResult run(Path model, Path cases) {
    return new CaseResult(
        model,
        "keras",
        model.getFileName().toString(),
        compared(model, () -> kerasModels.run(model, cases)));
  }

  private static ImmutableList<TensorComparison> compared(
      Path path, Supplier<ImmutableList<TensorComparison>> comparison) {
    ImmutableList<TensorComparison> tensors;
    try {
      tensors = comparison.get();
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
    return tensors;
  }

  /**
   * What running a case showed.
   *
   * @param path the case file
   * @param kind {@code layer} or {@code model}
   * @param name of the layer or model
   * @param tensors every compared tensor
   */
  public record CaseResult(
      Path path, String kind, String name, ImmutableList<TensorComparison> tensors) {

    /** Whether every tensor is within its tolerance. */
    public boolean passed() {
      return tensors.stream().allMatch(TensorComparison::passed);
    }

    /** A line for the case and one for each tensor. */
    public String toText() {
      StringBuilder text = new StringBuilder();
      text.append(
          String.format("%s  %s %s  %s%n", passed() ? "ok    " : "FAILED", kind, name, path));
      for (TensorComparison tensor : tensors) {
        text.append(
            String.format(
                Locale.ROOT,
                "  %s %-60s max abs %.2e  max rel %.2e  at %s%s%n",
                tensor.passed() ? "ok    " : "FAILED",
                tensor.tensor(),
                tensor.maxAbs(),
                tensor.maxRel(),
                tensor.at(),
                tensor.passed()
                    ? ""
                    : String.format(
                        Locale.ROOT,
                        ": computed %s, expected %s, tolerance %.0e",
                        tensor.actual(),
                        tensor.expected(),
                        tensor.tolerance())));
      }
      return text.toString();
    }

    /** The case with an object for each tensor. */
    public ObjectNode toJson() {
      ObjectNode node = new ConfigMapper().newObject();
      node.put("case", path.toString());
      node.put("kind", kind);
      node.put("name", name);
      node.put("passed", passed());
      ArrayNode rows = node.putArray("tensors");
      for (TensorComparison tensor : tensors) {
        ObjectNode row = rows.addObject();
        row.put("tensor", tensor.tensor());
        row.put("max_abs", tensor.maxAbs());
        row.put("max_rel", tensor.maxRel());
        tensor.at().forEach(row.withArray("at")::add);
        row.put("tolerance", tensor.tolerance());
        row.put("passed", tensor.passed());
      }
      return node;
    }
  }
}
