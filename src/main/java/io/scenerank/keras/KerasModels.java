package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.export.NativeRanker;
import io.scenerank.files.InnerPath;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Signatures;
import io.scenerank.serve.Trust;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.optimizer.AdamState;
import io.scenerank.variable.FloatTensor;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads what Keras saved, as a native model: a {@code .keras}, {@code .weights.h5}, {@code .h5},
 * SavedModel or checkpoint of Keras 2 or 3, and a SavedModel of this library, also after it was
 * trained on in Python.
 *
 * <p>Variables are matched by the path of their objects (by their order in a Keras 3 SavedModel and
 * in the lists of a {@code .h5}), each exactly once and of the same shape. Where the source of one
 * of the registry's models has a graph that serves, both graphs score random rows and have to
 * agree.
 */
@PublicApi
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
  private final Trust trust;

  /**
   * @param models the models that a source may hold
   * @param threads TensorFlow's threads for the comparison; 0 for one a core
   */
  public KerasModels(Models models, int threads) {
    this(models, threads, Trust.CHECKED);
  }

  /**
   * @param models the models that a source may hold
   * @param threads TensorFlow's threads for the comparison; 0 for one a core
   * @param trust what a SavedModel's ops may do in the comparison
   */
  public KerasModels(Models models, int threads, Trust trust) {
    this.models = models;
    this.threads = threads;
    this.trust = trust;
  }

  /**
   * Reads a source that describes its model, or has its JSON next to it.
   *
   * @throws InvalidInputException if it does not, or as {@link #read(Path, Optional)} says
   */
  public static KerasModel read(Path source) {
    return new KerasModels(Models.standard(), 0).read(source, Optional.empty());
  }

  /**
   * Reads a source without anything to prove it by.
   *
   * @param source the file or folder
   * @param config a YAML with {@code model}, {@code model_params} and {@code feature_columns}, for
   *     a source that does not describe its model
   * @throws InvalidInputException naming the file and what is damaged, missing, surplus, of another
   *     shape or not known
   */
  public KerasModel read(Path source, Optional<Path> config) {
    return read(source, Given.of(config, Optional.empty()));
  }

  /**
   * What is known of a source besides itself.
   *
   * @param config a YAML with {@code model}, {@code model_params} and {@code feature_columns}, for
   *     a source that does not describe its model
   * @param json the model's JSON, {@code model.to_json()}, or a {@code .keras} or whole {@code .h5}
   *     of it, for weights alone
   * @param scores rows whose scores are known, which the imported model has to give
   */
  public record Given(Optional<Path> config, Optional<Path> json, Optional<KnownScores> scores) {

    /** What is known without rows to compare with. */
    public static Given of(Optional<Path> config, Optional<Path> json) {
      return new Given(config, json, Optional.empty());
    }

    /**
     * The same, and rows whose scores Keras gave: two {@code .npz}, written with {@code
     * numpy.savez(path, **arrays)}.
     *
     * @param inputs an array [rows] or [rows, width] for each feature, by its name
     * @param outputs an array [rows] or [rows, 1] for each task, by its name or the output's
     */
    public Given withScores(Path inputs, Path outputs) {
      return new Given(config, json, Optional.of(new KnownScores(inputs, outputs)));
    }
  }

  /**
   * Reads a source.
   *
   * @param source the file or folder
   * @throws InvalidInputException as {@link #read(Path, Optional)} says, or if a variable could be
   *     matched in several ways, or the scores differ from the known ones
   */
  public KerasModel read(Path source, Given given) {
    if (trust == Trust.CHECKED) {
      InnerPath.requireLinksInside(source);
    }
    Optional<ModelJson> described =
        given.config().isEmpty() ? ModelJson.of(source, given.json()) : Optional.empty();
    if (described.filter(ModelJson::isForeign).isPresent()) {
      KerasModel model = new GraphImport(models.layers()).read(source, described.get());
      return given.scores().map(scores -> model.withKnown(known(model, scores))).orElse(model);
    }
    if (ModelFiles.checkpoint(source).isPresent() && described.isEmpty()) {
      throw new InvalidInputException(source + ": " + ModelJson.NONE);
    }
    try (KerasSource opened =
        KerasSources.open(
            source, given.json(), model -> WeightSizes.most(definition(source, model, given)))) {
      return read(opened, given);
    }
  }

  private KerasModel read(KerasSource source, Given given) {
    CompiledTraining compiled = CompiledTraining.of(source);
    Experiment experiment = experiment(source, given.config(), compiled.training());
    ModelDefinition<?> definition = experiment.definition();
    ModelVariables variables = ModelVariables.of(definition);
    WeightMatch match = WeightMatch.of(source, definition, variables);
    requireProven(source, match, given.scores());
    ImmutableMap<String, FloatTensor> weights = match.read();
    ImmutableList.Builder<String> warnings = ImmutableList.builder();
    warnings.addAll(versionWarning(source));
    warnings.addAll(match.warnings());
    warnings.addAll(compiled.warnings());
    Optional<AdamState> adam = Optional.empty();
    if (compiled.isAdam() && source.optimizer().filter(state -> !state.isFresh()).isPresent()) {
      StoredOptimizer optimizer = source.optimizer().get();
      adam =
          new MomentMatch(source, optimizer, definition, variables, match)
              .find()
              .map(moments -> optimizer.read(source.where(), moments));
      if (adam.isEmpty()) {
        warnings.add(
            source.where()
                + ": the optimizer's state is not carried over, since it does not fit the model's"
                + " trainable variables, or more than one order of them fits it; training starts"
                + " with a new Adam");
      }
    }
    Optional<KerasModel.Difference> difference = difference(source, definition, weights);
    Optional<KerasModel.Difference> known =
        given.scores().map(scores -> known(source, definition, weights, scores));
    if (difference.isEmpty() && known.isEmpty() && !match.unproven().isEmpty()) {
      warnings.add(unproven(source, match.unproven()));
    }
    return new KerasModel(
        source.path(),
        source.kind().label(),
        experiment,
        new TrainedState(weights, adam),
        difference,
        known,
        warnings.build());
  }

  /** A match that nothing in the source tells is never guessed. */
  private static void requireProven(
      KerasSource source, WeightMatch match, Optional<KnownScores> scores) {
    if (!match.guessed().isEmpty() && scores.isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "%s (%s): some of its variables could be matched in several ways; name %srows with"
                  + " known scores (--check)",
              source.where(),
              source.kind().label(),
              source.kind() == KerasSource.Kind.KERAS2_OBJECTS
                  ? "the model's JSON (--model-json, the text of model.to_json()), or "
                  : ""),
          match.guessed());
    }
  }

  private static String unproven(KerasSource source, ImmutableList<String> lines) {
    return String.format(
        "%s: not proven: %s%s; the order is that of the reference's code; compare rows with known"
            + " scores (--check)",
        source.where(),
        lines.get(0),
        lines.size() > 1 ? " (and " + (lines.size() - 1) + " more)" : "");
  }

  private KerasModel.Difference known(KerasModel model, KnownScores scores) {
    ImmutableList<String> tasks = model.experiment().definition().params().taskNames();
    try (Ranker ours = model.ranker(threads)) {
      return scores.check(model.source().toString(), ours, tasks, TOLERANCE);
    }
  }

  private KerasModel.Difference known(
      KerasSource source,
      ModelDefinition<?> definition,
      ImmutableMap<String, FloatTensor> weights,
      KnownScores scores) {
    try (Ranker ours = NativeRanker.of(definition, weights, threads)) {
      return scores.check(source.where(), ours, definition.params().taskNames(), TOLERANCE);
    }
  }

  /** The model's definition before its weights are read. */
  private ModelDefinition<?> definition(Path source, FunctionalModel model, Given given) {
    return given
        .config()
        .<ModelDefinition<?>>map(
            config ->
                new DescribedExperiment(models, model.generation())
                    .read(
                        new ConfigMapper().readTree(config),
                        config.toString(),
                        TrainingConfig.keras())
                    .definition())
        .orElseGet(() -> definition(source.toString(), model));
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
      return new Experiment(definition(source.where(), source.model().get()), training);
    }
    throw new InvalidInputException(
        String.format(
            "%s: this is a %s, which %s; for one of the library's own models a YAML with model,"
                + " model_params and feature_columns (--config)",
            source.where(), source.kind().label(), ModelJson.NONE));
  }

  private ModelDefinition<?> definition(String where, FunctionalModel model) {
    try {
      return new DefinitionReader(models).read(model, where);
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
    String[] found = version.split("\\D", -1);
    String[] tried = NEWEST_TRIED.split("\\.", -1);
    for (int i = 0; i < tried.length; i++) {
      int part = i < found.length && found[i].matches("\\d{1,6}") ? Integer.parseInt(found[i]) : 0;
      if (part != Integer.parseInt(tried[i])) {
        return part > Integer.parseInt(tried[i]);
      }
    }
    return false;
  }

  private Optional<KerasModel.Difference> difference(
      KerasSource source,
      ModelDefinition<?> definition,
      ImmutableMap<String, FloatTensor> weights) {
    if (!source.kind().serves()) {
      return Optional.empty();
    }
    try (Ranker theirs =
            SavedModelPredictor.load(source.path(), Signatures.SERVING_DEFAULT, threads, trust);
        Ranker ours = NativeRanker.of(definition, weights, threads)) {
      KerasModel.Difference difference =
          KerasModel.Difference.of(
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
                    + " expected at most %.0e: the model is wired differently, or has other"
                    + " parameters or columns (mask_zero of a sequence, for instance)",
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
