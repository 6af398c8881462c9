package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.export.SavedModelExporter.ExportDescription;
import io.scenerank.files.InnerPath;
import io.scenerank.keras.DescribedImport.Candidates;
import io.scenerank.model.KerasGraph.KerasGraphParams;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.RowScorer.TaskOutputs;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Signatures;
import io.scenerank.serve.Trust;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Reads what Keras saved, as a native model: a {@code .keras}, {@code .weights.h5}, {@code .h5},
 * SavedModel or checkpoint of Keras 2 or 3, and a SavedModel of this library, also after it was
 * trained on in Python.
 *
 * <p>Variables are matched by the path of their objects (by their order in a Keras 3 SavedModel and
 * in the lists of a {@code .h5}), each exactly once and of the same shape. Where the source has a
 * graph that serves the model's columns, both graphs score random rows and have to agree.
 */
@PublicApi
public final class KerasModels {
  /**
   * Largest difference of two probabilities that rounding explains: float32 sums of some hundred
   * products in another order.
   */
  private static final double TOLERANCE = 1e-5;

  /** Roundings of a number that a model of few digits adds up. */
  private static final double ROUNDINGS = 16;

  private static final int ROWS = 64;
  private static final long SEED = 1;

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
    Read read = unproven(source, given);
    KerasModel model =
        given
            .scores()
            .map(scores -> proven(read, scores))
            .orElseGet(() -> compared(only(read), read));
    read.requireProven(model);
    return model;
  }

  /**
   * What a source was read as.
   *
   * @param own the source's own model, where its description is another one
   */
  private record Read(Candidates candidates, Optional<ModelJson> own) {

    /** A match that nothing in the source tells is never guessed. */
    void requireProven(KerasModel model) {
      boolean proven = model.difference().isPresent() || model.known().isPresent();
      if (!proven && !candidates.guessed().isEmpty()) {
        throw new InvalidInputException(
            String.format(
                "%s (%s): some of its variables could be matched in several ways; name the model's"
                    + " JSON (--model, the text of model.to_json()), or rows with known scores"
                    + " (--check)",
                model.source(), model.kind()),
            candidates.guessed());
      }
    }
  }

  /** The model, or those that the source's arrays fit, before anything is compared. */
  private Read unproven(Path source, Given given) {
    Optional<Path> config = given.config();
    Optional<JsonNode> description =
        config
            .map(path -> new ConfigMapper().readTree(path))
            .or(() -> ExportDescription.model(source));
    Optional<ModelJson> json = ModelJson.of(source, given.json());
    if (description.isPresent()) {
      String where = config.orElse(source).toString();
      return new Read(
          new DescribedImport(models, description.get(), where).read(source, json), json);
    }
    KerasModel model = general(source, json.orElseThrow(() -> undescribed(source)));
    return new Read(new Candidates(ImmutableList.of(model), ImmutableList.of()), Optional.empty());
  }

  private KerasModel general(Path source, ModelJson json) {
    return new GraphImport(models.layers()).read(source, json);
  }

  /** The model, where the source's arrays fit one. */
  private static KerasModel only(Read read) {
    ImmutableList<KerasModel> models = read.candidates().models();
    if (models.size() > 1) {
      throw new InvalidInputException(
          models.get(0).source()
              + ": some of its variables could be matched in several ways: its arrays fit the order"
              + " of this library's layers and that of the original implementation's; name rows"
              + " with known scores (--check)");
    }
    return models.get(0);
  }

  /** The first model that gives the known scores. */
  private KerasModel proven(Read read, KnownScores scores) {
    Optional<InvalidInputException> problem = Optional.empty();
    for (KerasModel model : read.candidates().models()) {
      try {
        return compared(model.withKnown(known(model, scores)), read);
      } catch (InvalidInputException e) {
        problem = problem.or(() -> Optional.of(e));
      }
    }
    throw problem.orElseThrow();
  }

  private static InvalidInputException undescribed(Path source) {
    // Files that are none are told so first.
    try (ModelFiles files = ModelFiles.open(source)) {
      return new InvalidInputException(
          String.format(
              "%s: this is a %s, which %s; for one of the library's own models a YAML with model,"
                  + " model_params and feature_columns (--config)",
              source, files.label(Optional.empty()), ModelJson.NONE));
    }
  }

  private KerasModel.Difference known(KerasModel model, KnownScores scores) {
    ImmutableList<String> tasks = model.experiment().definition().params().taskNames();
    try (Ranker ours = model.ranker(threads)) {
      return scores.check(model.source().toString(), ours, tasks, TOLERANCE);
    }
  }

  /** The model, held against the graph of its source where that serves the same columns. */
  private KerasModel compared(KerasModel model, Read read) {
    KerasModel compared = withGraph(model);
    Optional<KerasModel> own =
        read.own()
            .filter(json -> compared.difference().isEmpty())
            .flatMap(json -> described(model.source(), json));
    if (own.isEmpty()) {
      return compared;
    }
    try (Ranker theirs = own.get().ranker(threads)) {
      return compared(model, theirs, read.own().orElseThrow().where() + ": the model");
    }
  }

  private KerasModel withGraph(KerasModel model) {
    Path source = model.source();
    if (!SavedModelGraph.serves(source)) {
      return model;
    }
    try (Ranker theirs =
        SavedModelPredictor.load(source, Signatures.SERVING_DEFAULT, threads, trust)) {
      return compared(model, theirs, source + ": its graph");
    }
  }

  /** The model as its source describes it, if that can be read. */
  private Optional<KerasModel> described(Path source, ModelJson json) {
    try {
      return Optional.of(general(source, json));
    } catch (InvalidInputException e) {
      return Optional.empty();
    }
  }

  private KerasModel compared(KerasModel model, Ranker theirs, String what) {
    ModelDefinition<?> definition = model.experiment().definition();
    try (Ranker ours = model.ranker(threads)) {
      ImmutableMap<String, String> outputs = outputs(definition, theirs);
      if (!theirs.inputs().keySet().equals(ours.inputs().keySet()) || outputs.isEmpty()) {
        return model;
      }
      KerasModel.Difference difference = difference(model, theirs, ours, outputs);
      if (difference.largest() > TOLERANCE + ROUNDINGS * definition.functional().roundoff()) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s and the native one differ by %.1e at task %s on %d random rows, expected at"
                    + " most %.0e: the model is wired differently, has its columns, tasks or layers"
                    + " in another order, or has other parameters or columns (mask_zero of a"
                    + " sequence, for instance)",
                what,
                difference.largest(),
                difference.task(),
                ROWS,
                TOLERANCE));
      }
      return model.withDifference(difference);
    }
  }

  /** The outputs by the tasks that they score; none unless each task has one. */
  private static ImmutableMap<String, String> outputs(
      ModelDefinition<?> definition, Ranker theirs) {
    ImmutableList<String> tasks = definition.params().taskNames();
    ImmutableMap<String, String> counted =
        IntStream.range(0, tasks.size())
            .boxed()
            .collect(ImmutableMap.toImmutableMap(tasks::get, place -> "output_" + place));
    // A model of Keras 3 that has a list of outputs serves them by their place.
    if (definition.params() instanceof KerasGraphParams
        && ImmutableSet.copyOf(counted.values()).equals(ImmutableSet.copyOf(theirs.outputs()))) {
      return counted;
    }
    return TaskOutputs.ofAll(theirs.outputs(), tasks)
        .map(TaskOutputs::byTask)
        .orElse(ImmutableMap.of());
  }

  private static KerasModel.Difference difference(
      KerasModel model, Ranker theirs, Ranker ours, ImmutableMap<String, String> outputs) {
    try {
      return difference(model, theirs, ours, outputs, 0);
    } catch (InvalidInputException e) {
      // The mean of a sequence without an id is not a number in some models.
      return difference(model, theirs, ours, outputs, 1);
    }
  }

  private static KerasModel.Difference difference(
      KerasModel model,
      Ranker theirs,
      Ranker ours,
      ImmutableMap<String, String> outputs,
      int shortest) {
    ModelDefinition<?> definition = model.experiment().definition();
    return KerasModel.Difference.of(
        model.source().toString(),
        theirs,
        ours,
        new RandomRows(ROWS, SEED, shortest).of(definition.columns()),
        outputs,
        ROWS);
  }
}
