package io.scenerank.run;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.scenerank.PublicApi;
import io.scenerank.cluster.chief.ClusterOptions;
import io.scenerank.config.InvalidInputException;
import io.scenerank.eval.Evaluator.RankingBy;
import io.scenerank.train.Device;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request to train one model into a run folder; immutable. */
@PublicApi
public final class RunRequest extends TrainingRequest<RunRequest> {
  private static final long FIRST_SEED = 1;

  private final Optional<String> model;
  private final Optional<Path> from;
  private final Optional<Long> seed;
  private final boolean ignoreEncoding;

  private RunRequest(
      Optional<String> model,
      Optional<Path> from,
      Optional<Long> seed,
      boolean ignoreEncoding,
      Settings settings) {
    super(settings);
    this.model = model;
    this.from = from;
    this.seed = seed;
    this.ignoreEncoding = ignoreEncoding;
  }

  /** A model with first values, on a prepared data set. */
  public static RunRequest of(String model, Path data) {
    return of(model, Optional.of(data));
  }

  /** A model with first values, on the built-in data, which is generated into the run folder. */
  public static RunRequest ofBuiltInData(String model) {
    return of(model, Optional.empty());
  }

  private static RunRequest of(String model, Optional<Path> data) {
    return new RunRequest(
        Optional.of(model), Optional.empty(), Optional.empty(), false, Settings.on(data));
  }

  /** The model of a finished run with its values, on a prepared data set. */
  public static RunRequest from(Path run, Path data) {
    return new RunRequest(
        Optional.empty(),
        Optional.of(run),
        Optional.empty(),
        false,
        Settings.on(Optional.of(data)));
  }

  @Override
  RunRequest with(Settings changed) {
    return new RunRequest(model, from, seed, ignoreEncoding, changed);
  }

  /**
   * Seed of initialisers, dropout, shuffling and validation rows. Default: 1, or that of the run
   * from which the training continues.
   */
  public RunRequest withSeed(long number) {
    return new RunRequest(model, from, Optional.of(number), ignoreEncoding, settings());
  }

  /** Whether data with another encoding than that of the earlier run is accepted. Default: no. */
  public RunRequest withIgnoreEncoding(boolean ignore) {
    return new RunRequest(model, from, seed, ignore, settings());
  }

  /** The cluster of which this process is the chief. */
  public RunRequest withCluster(ClusterOptions cluster) {
    return with(settings().withCluster(cluster));
  }

  /**
   * Rows of the built-in data; 100,000 by default.
   *
   * @throws InvalidInputException if a prepared data set is named, or there are fewer than 10
   */
  public RunRequest withRows(long rows) {
    return with(settings().withRows(rows));
  }

  /** The folder to write. Default: {@code runs/NAME-DATE-TIME}. */
  public RunRequest withOut(Path folder) {
    return with(settings().withOut(folder));
  }

  /** Whether an existing folder is replaced, once the new one is complete. Default: no. */
  public RunRequest withForce(boolean force) {
    return with(settings().withForce(force));
  }

  /**
   * How a training begins, apart from its data, its settings and its folder: what is kept to begin
   * it again.
   *
   * @param model the model that begins with first values; null from a run
   * @param from the run from whose values training continues; null for first values
   * @param seed null for the default
   * @param threads threads to compute with; 0 for one a core
   * @param device text of {@code --device}
   * @param ranking the ranking metrics that are requested; null for none
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Start(
      @Nullable String model,
      @Nullable String from,
      @Nullable Long seed,
      int threads,
      String device,
      @Nullable RankingBy ranking) {

    /** The same from the values of a run, with its seed. */
    public Start from(Path run) {
      return new Start(null, run.toString(), null, threads, device, ranking);
    }

    /** The request on a prepared data set. */
    public RunRequest on(Path data) {
      RunRequest request =
          from == null
              ? RunRequest.of(requireNonNull(model, "one of them"), data)
              : RunRequest.from(Path.of(from), data);
      request = request.withThreads(threads).withDevice(Device.parse(device));
      request = seed == null ? request : request.withSeed(seed);
      return ranking == null ? request : request.withRanking(ranking.by(), ranking.k());
    }

    /** The request to measure a run on a prepared data set. */
    public EvaluateRequest evaluating(Path run, Path data) {
      EvaluateRequest request = EvaluateRequest.of(run, data).withThreads(threads);
      return ranking == null ? request : request.withRanking(ranking.by(), ranking.k());
    }
  }

  /** How this training begins. */
  public Start start() {
    ComputeOptions compute = settings().compute();
    return new Start(
        model.orElse(null),
        from.map(run -> run.toAbsolutePath().normalize().toString()).orElse(null),
        seed.orElse(null),
        compute.threads(),
        RunOrigin.text(compute.device()),
        settings().ranking().orElse(null));
  }

  /** The same on another prepared data set. */
  public RunRequest withData(Path data) {
    return with(settings().withData(data));
  }

  /** The prepared data set; empty for the built-in data. */
  public Optional<Path> dataFolder() {
    return settings().data();
  }

  /**
   * Finds the model, or the run from which the training continues.
   *
   * @throws InvalidInputException if it is not there
   */
  RunPipeline.Request resolve(Registry registry) throws IOException {
    TrainingStart start =
        from.isPresent()
            ? new TrainingStart.EarlierRun(
                SavedRun.open(from.get(), registry), settings().config(), settings().settings())
            : TrainingStart.ofModel(
                registry, model.orElseThrow(), settings().config(), settings().settings());
    long chosen = seed.or(() -> start.run().map(run -> run.state().seed())).orElse(FIRST_SEED);
    return new RunPipeline.Request(
        start,
        settings().source(),
        chosen,
        settings().compute(),
        ignoreEncoding,
        settings().ranking());
  }

  /** What this request says of a run that is there already. */
  ResumeRequest resume(Path run) {
    return ResumeRequest.of(run, seed, settings());
  }
}
