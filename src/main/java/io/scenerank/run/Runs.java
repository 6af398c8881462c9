package io.scenerank.run;

import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import io.scenerank.train.TrainingListener.TrainingStopped;
import io.scenerank.train.TrainingMethods;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What the command line does, callable from Java: trains, compares, resumes, evaluates, explains,
 * predicts and prepares. Immutable.
 *
 * <p>Wrong input, in a request or in a file, is an {@link InvalidInputException} whose message
 * names the key, file, feature or row.
 */
@PublicApi
public final class Runs {
  private final Registry registry;
  private final ProgressListener listener;
  private final BooleanSupplier stop;

  private Runs(Registry registry, ProgressListener listener, BooleanSupplier stop) {
    this.registry = registry;
    this.listener = listener;
    this.stop = stop;
  }

  /** With the models of this library, without a listener. */
  public static Runs standard() {
    return new Runs(Registry.standard(), ProgressListener.NONE, () -> false);
  }

  /** The same with these models. */
  public Runs models(Models models) {
    return new Runs(registry.withModels(models), listener, stop);
  }

  /** The same with these losses, learning-rate schedules and optimizers. */
  public Runs methods(TrainingMethods methods) {
    return new Runs(registry.withMethods(methods), listener, stop);
  }

  /** The same with a listener that hears how far the work is. */
  public Runs listener(ProgressListener hears) {
    return new Runs(registry, hears, stop);
  }

  /**
   * The same with a question that is asked after each step of a training, on its thread. When it is
   * true, the training writes a checkpoint and ends with {@link TrainingStopped}; {@link
   * #resume(Path)} continues it. A comparison is not stopped.
   */
  public Runs stopWhen(BooleanSupplier requested) {
    return new Runs(registry, listener, requested);
  }

  /**
   * Trains a model, evaluates it, exports it, reloads the export and compares, into a run folder.
   *
   * @throws InvalidInputException if the request, the configuration or the data is wrong
   * @throws TrainingStopped if it is stopped
   */
  public RunResult run(RunRequest request) throws IOException {
    RunPipeline.Request resolved = request.resolve(registry);
    return pipeline().run(resolved, request.settings().folder(resolved.start().model()));
  }

  /**
   * As {@link #run}, but resumes the run where the request's folder holds it unfinished: for a
   * process that is started again with the same request, as the chief of a cluster is.
   *
   * @return empty if the run is finished already
   * @throws InvalidInputException if no folder is named, or it holds another run and may not be
   *     replaced, or the request, the configuration or the data is wrong
   * @throws TrainingStopped if it is stopped
   */
  public Optional<RunResult> train(RunRequest request) throws IOException {
    RunPipeline.Request resolved = request.resolve(registry);
    Path out =
        request
            .settings()
            .out()
            .orElseThrow(
                () -> new InvalidInputException("out is missing, expected the run folder"));
    return new ChiefTraining(pipeline(), registry)
        .trainAsChief(
            resolved, new OutputFolder(out, request.settings().force()), request.resume(out));
  }

  /**
   * What a request would train: checks the configuration and the columns of the data, and trains
   * nothing.
   *
   * @throws InvalidInputException if the request, the configuration or the data is wrong
   */
  public Experiment check(RunRequest request) throws IOException {
    return request.resolve(registry).experiment(listener::line);
  }

  /**
   * Trains models with several seeds on the same rows, into one folder. A model that fails has its
   * error in the result and does not stop the others.
   *
   * @throws InvalidInputException if the request or the data is wrong
   */
  public Comparison compare(CompareRequest request) throws IOException {
    return new ComparePipeline(registry, request, listener)
        .run(request.settings().folder("compare"));
  }

  /** Resumes the unfinished run in a folder, as {@link #resume(ResumeRequest)}. */
  public Optional<RunResult> resume(Path run) throws IOException {
    return resume(ResumeRequest.of(run));
  }

  /**
   * Resumes a run that was stopped, or whose process ended; the weights are those of a run that was
   * not interrupted.
   *
   * @return empty if the run is finished already
   * @throws InvalidInputException if there is no such run, another process works on it, or it was
   *     begun otherwise
   * @throws TrainingStopped if it is stopped again
   */
  public Optional<RunResult> resume(ResumeRequest request) throws IOException {
    return new RunResumption(pipeline(), registry).resume(request.run(), request);
  }

  /**
   * Measures a model on the test rows of a data set, or on raw rows.
   *
   * @throws InvalidInputException naming the column or task that the model and the data do not
   *     share, or what is wrong in the rows
   */
  public EvaluatedModel evaluate(EvaluateRequest request) throws IOException {
    return request.evaluate(registry, listener);
  }

  /**
   * Measures how much each column of a model matters on the test rows of a data set.
   *
   * @throws InvalidInputException as {@link #evaluate}
   */
  public EvaluatedModel.ExplainedModel explain(EvaluateRequest.ExplainRequest request)
      throws IOException {
    return request.explain(registry, listener);
  }

  /**
   * Scores the rows of a file into a file, one column for each task.
   *
   * @throws InvalidInputException if a file cannot be read or may not be written, or naming the
   *     feature or row that the model does not take
   */
  public Prediction predict(PredictRequest request) throws IOException {
    return new FilePrediction(request, listener).predict();
  }

  /**
   * Writes a data set from files.
   *
   * @throws InvalidInputException naming the file, key, column or row that is wrong
   */
  public PrepareResult prepare(PrepareRequest request) throws IOException {
    return request.prepare(registry.models(), listener);
  }

  /** The description that is guessed from the files of a request, as YAML; writes nothing. */
  public String guess(PrepareRequest request) throws IOException {
    return request.guess(registry.models(), listener);
  }

  private RunPipeline pipeline() {
    return new RunPipeline(listener, stop);
  }
}
