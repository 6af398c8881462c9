package io.scenerank.run;

import io.scenerank.PublicApi;
import io.scenerank.config.ConfigMapper;
import io.scenerank.eval.EvaluationReport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The result of a run: the metrics on the test rows, and where the run folder is. */
@PublicApi
public final class RunResult {
  private final String model;
  private final long seed;
  private final EvaluationReport evaluation;
  private final double reloadDifference;
  private final Speed speed;
  private final Path folder;
  private final Path savedModel;

  /**
   * How the training went.
   *
   * @param samplesPerSecond rows trained a second
   * @param epochs epochs trained
   * @param seconds time of the training, validation and checkpoints left out
   * @param parameters number of values that were trained
   */
  record Speed(double samplesPerSecond, int epochs, double seconds, long parameters) {}

  RunResult(
      String model,
      long seed,
      EvaluationReport evaluation,
      double reloadDifference,
      Speed speed,
      Path folder,
      Path savedModel) {
    this.model = model;
    this.seed = seed;
    this.evaluation = evaluation;
    this.reloadDifference = reloadDifference;
    this.speed = speed;
    this.folder = folder;
    this.savedModel = savedModel;
  }

  /** Name of the model. */
  public String model() {
    return model;
  }

  /** Seed of the training. */
  public long seed() {
    return seed;
  }

  /** The metrics on the test rows, over all and by scenario. */
  public EvaluationReport evaluation() {
    return evaluation;
  }

  /**
   * The largest difference between the probabilities of the trained and of the reloaded model on
   * the test rows.
   */
  public double reloadDifference() {
    return reloadDifference;
  }

  /** Rows trained in a second; 0 where all epochs were done before the run was resumed. */
  public double samplesPerSecond() {
    return speed.samplesPerSecond();
  }

  /** Epochs trained. */
  public int epochs() {
    return speed.epochs();
  }

  /** Time of the training, validation and checkpoints left out. */
  public double seconds() {
    return speed.seconds();
  }

  /** Number of values that were trained. */
  public long parameters() {
    return speed.parameters();
  }

  /** The run folder. */
  public Path folder() {
    return folder;
  }

  /** The folder of the exported SavedModel. */
  public Path savedModel() {
    return savedModel;
  }

  /** The tables of the metrics, and where the run is. */
  public String toText() {
    return String.format(
        Locale.ROOT,
        "%s%nTrained %d epochs%s%nRun folder: %s%n"
            + "Reloaded %s: the same predictions, largest difference %s%n",
        evaluation.toText(model),
        epochs(),
        // A run that was resumed after all its epochs were done has no speed.
        samplesPerSecond() == 0
            ? ""
            : String.format(Locale.ROOT, " at %,.0f samples/s", samplesPerSecond()),
        folder,
        savedModel,
        difference(reloadDifference));
  }

  /** A largest difference of two graphs in a text. */
  public static String difference(double largest) {
    return largest == 0 ? "0" : String.format(Locale.ROOT, "%.1e", largest);
  }

  /** The metrics as a JSON object, which {@code metrics.json} of the run folder holds. */
  public String toJson() {
    return new ConfigMapper().toJson(values()) + System.lineSeparator();
  }

  /** The values under the keys of {@link #toJson}. */
  Map<String, Object> values() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", model);
    json.put("seed", seed);
    json.putAll(evaluation.toJson());
    json.put("reload_max_abs_diff", reloadDifference);
    json.put("samples_per_second", samplesPerSecond());
    json.put("epochs", epochs());
    json.put("run", folder.toString());
    return json;
  }
}
