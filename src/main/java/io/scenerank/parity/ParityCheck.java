package io.scenerank.parity;

import io.scenerank.model.Models;
import java.nio.file.Path;
import java.util.Locale;

/** Runs parity cases. */
public final class ParityCheck {
  private final CaseReader reader = new CaseReader();
  private final LayerRunner layers;
  private final ModelRunner models;

  /**
   * @param models the models that a case may name
   * @param tolerances what may differ
   */
  public ParityCheck(Models models, Tolerances tolerances) {
    Comparisons comparisons = new Comparisons(tolerances);
    this.layers = new LayerRunner(comparisons);
    this.models = new ModelRunner(models, comparisons);
  }

  /**
   * Runs one case.
   *
   * @throws io.scenerank.feature.InvalidInputException if the file cannot be read or names what the
   *     project does not know
   */
  public CaseResult run(Path path) {
    CaseFile file = reader.read(path);
    return new CaseResult(
        path,
        file.kind().name().toLowerCase(Locale.ROOT),
        file.name(),
        file.kind() == CaseFile.Kind.LAYER ? layers.run(file) : models.run(file));
  }
}
