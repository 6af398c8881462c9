package io.scenerank.run;

import io.scenerank.config.ConfigMapper;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.EvaluationTables;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a run came to.
 *
 * @param model name of the model
 * @param seed seed of the training
 * @param evaluation figures on the test rows
 * @param reloadMaxAbsDiff largest difference between the trained and the reloaded model's
 *     probabilities on the test rows
 * @param samplesPerSecond rows trained a second
 * @param epochs epochs trained
 * @param run the run folder
 * @param savedModel the exported model
 */
public record RunReport(
    String model,
    long seed,
    EvaluationReport evaluation,
    double reloadMaxAbsDiff,
    double samplesPerSecond,
    int epochs,
    Path run,
    Path savedModel) {

  public String toText() {
    return String.format(
        Locale.ROOT,
        "%s%nPer scenario:%n%s%nTrained %d epochs%s%nRun folder: %s%n"
            + "Reloaded %s: the same predictions, largest difference %s%n",
        EvaluationTables.summary(model, evaluation).render(),
        EvaluationTables.perScenario(evaluation).render(),
        epochs,
        // Of a run that is gone on with, where all epochs were done before, there is no speed.
        samplesPerSecond == 0
            ? ""
            : String.format(Locale.ROOT, " at %,.0f samples/s", samplesPerSecond),
        run,
        savedModel,
        difference(reloadMaxAbsDiff));
  }

  /** A largest difference of two graphs in a text. */
  public static String difference(double largest) {
    return largest == 0 ? "0" : String.format(Locale.ROOT, "%.1e", largest);
  }

  public String toJson() {
    return new ConfigMapper().toJson(figures()) + System.lineSeparator();
  }

  /** The figures under the keys of {@code --json}. */
  Map<String, Object> figures() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", model);
    json.put("seed", seed);
    json.putAll(evaluation.toJson());
    json.put("reload_max_abs_diff", reloadMaxAbsDiff);
    json.put("samples_per_second", samplesPerSecond);
    json.put("epochs", epochs);
    json.put("run", run.toString());
    return json;
  }
}
