package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.layer.FloatTensor;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.savedmodel.NativeRanker;
import io.scenerank.savedmodel.Ranker;
import io.scenerank.savedmodel.SavedModelPredictor;
import io.scenerank.train.AdamState;
import io.scenerank.train.Experiment;
import io.scenerank.train.TrainedState;
import io.scenerank.train.TrainingConfig;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads what Keras saved, as a native model: a {@code .keras} of Keras 3, a {@code .weights.h5} of
 * Keras 3, a {@code .h5} of Keras 2, a SavedModel of Keras 2 or 3, and one of this library, also
 * after it was trained on in Python.
 *
 * <p>Variables are matched by the path of their objects (by their order in a Keras 3 SavedModel,
 * which has nothing else), each exactly once and of the same shape. Where the source has a graph
 * that serves, both graphs score random rows and have to agree.
 */
public final class KerasModels {
  /**
   * Largest difference of two probabilities that rounding explains: float32 sums of some hundred
   * products in another order.
   */
  private static final double TOLERANCE = 1e-5;

  private static final int ROWS = 64;
  private static final long SEED = 1;
  private static final String NEWEST_TRIED = "3.15";

  private final Models models;
  private final int threads;

  /**
   * @param models the models that a source may hold
   * @param threads TensorFlow's threads for the comparison; 0 for one a core
   */
  public KerasModels(Models models, int threads) {
    this.models = models;
    this.threads = threads;
  }

  /**
   * Reads a source that describes its model: a {@code .keras}, or a SavedModel of Keras 2.
   *
   * @throws InvalidInputException if it does not, or as {@link #read(Path, Optional)} says
   */
  public static KerasModel read(Path source) {
    return new KerasModels(Models.standard(), 0).read(source, Optional.empty());
  }

  /**
   * Reads a source.
   *
   * @param source the file or folder
   * @param config a YAML with {@code model}, {@code model_params} and {@code feature_columns}, for
   *     a source that does not describe its model
   * @throws InvalidInputException naming the file and what is damaged, missing, surplus, of another
   *     shape or not known
   */
  public KerasModel read(Path source, Optional<Path> config) {
    try (KerasSource opened = KerasSources.open(source)) {
      return read(opened, config);
    }
  }

  private KerasModel read(KerasSource source, Optional<Path> config) {
    CompiledTraining compiled = CompiledTraining.of(source);
    Experiment experiment = experiment(source, config, compiled.training());
    ModelDefinition<?> definition = experiment.definition();
    ModelVariables variables = ModelVariables.of(definition);
    WeightMatch match = WeightMatch.of(source, definition, variables);
    ImmutableMap<String, FloatTensor> weights = match.read();
    ImmutableList.Builder<String> warnings = ImmutableList.builder();
    warnings.addAll(versionWarning(source));
    warnings.addAll(match.warnings());
    warnings.addAll(compiled.warnings());
    Optional<AdamState> adam = Optional.empty();
    if (compiled.isAdam() && source.optimizer().filter(state -> !state.isFresh()).isPresent()) {
      StoredOptimizer optimizer = source.optimizer().get();
      adam =
          optimizer
              .match(source, definition, variables, match)
              .map(moments -> optimizer.read(source.where(), moments));
      if (adam.isEmpty()) {
        warnings.add(
            source.where()
                + ": the optimizer's state does not fit the model's trainable variables and is not"
                + " carried over; training goes on with a new Adam");
      }
    }
    Optional<GraphDifference> difference = difference(source, definition, weights);
    return new KerasModel(
        source.path(),
        source.kind().label(),
        experiment,
        new TrainedState(weights, adam),
        difference,
        warnings.build());
  }

  private Experiment experiment(
      KerasSource source, Optional<Path> config, TrainingConfig training) {
    DescribedExperiment described = new DescribedExperiment(models, source.generation());
    if (config.isPresent()) {
      return described.read(
          new ConfigMapper().readTree(config.get()), config.get().toString(), training);
    }
    if (source.description().isPresent()) {
      return described.read(source.description().get(), source.where(), training);
    }
    if (source.model().isPresent()) {
      return new Experiment(definition(source, source.model().get()), training);
    }
    throw new InvalidInputException(
        String.format(
            "%s: this is a %s, which does not say of which columns and parameters the model is;"
                + " name a YAML with model, model_params and feature_columns (--config)",
            source.where(), source.kind().label()));
  }

  private ModelDefinition<?> definition(KerasSource source, FunctionalModel model) {
    try {
      return new DefinitionReader(models).read(model, source.where());
    } catch (InvalidInputException e) {
      throw new InvalidInputException(
          e.getMessage()
              + "; a model of other classes needs a YAML with model, model_params and"
              + " feature_columns (--config)",
          e);
    }
  }

  private static ImmutableList<String> versionWarning(KerasSource source) {
    return source
        .kerasVersion()
        .filter(KerasModels::isNewer)
        .map(
            version ->
                ImmutableList.of(
                    String.format(
                        "%s: written by Keras %s; the newest tried is %s",
                        source.where(), version, NEWEST_TRIED)))
        .orElse(ImmutableList.of());
  }

  private static boolean isNewer(String version) {
    String[] found = version.split("\\D");
    String[] tried = NEWEST_TRIED.split("\\.");
    for (int i = 0; i < tried.length; i++) {
      int part = i < found.length && found[i].matches("\\d{1,6}") ? Integer.parseInt(found[i]) : 0;
      if (part != Integer.parseInt(tried[i])) {
        return part > Integer.parseInt(tried[i]);
      }
    }
    return false;
  }

  private Optional<GraphDifference> difference(
      KerasSource source,
      ModelDefinition<?> definition,
      ImmutableMap<String, FloatTensor> weights) {
    if (!source.kind().serves()) {
      return Optional.empty();
    }
    try (Ranker theirs =
            SavedModelPredictor.load(source.path(), SavedModelPredictor.SERVING_DEFAULT, threads);
        Ranker ours = NativeRanker.of(definition, weights, threads)) {
      GraphDifference difference =
          GraphDifference.of(
              source.where(),
              theirs,
              ours,
              new RandomRows(ROWS, SEED).of(definition.columns()),
              definition.params().taskNames(),
              ROWS);
      if (difference.largest() > TOLERANCE) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s: its graph and the native one differ by %.1e at task %s on %d random rows,"
                    + " expected at most %.0e: the model is wired otherwise, or has other parameters or"
                    + " columns (mask_zero of a sequence, for instance)",
                source.where(),
                difference.largest(),
                difference.task(),
                ROWS,
                TOLERANCE));
      }
      return Optional.of(difference);
    }
  }
}
