package io.scenerank.run;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.EvaluationTables;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a model came to on the test rows of a data set.
 *
 * @param model what tables call it
 * @param evaluation its figures
 * @param graph what scored: {@code native} or {@code saved_model}
 * @param path where the model lies
 * @param data the data set
 * @param rows number of its test rows
 * @param unseen of raw rows, by column the values that no training row had; empty of others
 */
public record EvaluatedModel(
    String model,
    EvaluationReport evaluation,
    String graph,
    Path path,
    Path data,
    int rows,
    Optional<ImmutableMap<String, Long>> unseen) {

  /** The same of raw rows. */
  public EvaluatedModel ofRaw(Path input, ImmutableMap<String, Long> unseenValues) {
    return new EvaluatedModel(
        model, evaluation, graph, path, input, rows, Optional.of(unseenValues));
  }

  public String toText() {
    return String.format(
        Locale.ROOT,
        "%s%nPer scenario:%n%s%n%,d test rows of %s, scored with the %s of %s%n",
        EvaluationTables.summary(model, evaluation).render(),
        EvaluationTables.perScenario(evaluation).render(),
        rows,
        data,
        graph.equals(RankedModel.NATIVE) ? "native graph" : "SavedModel",
        path);
  }

  public String toMarkdown() {
    return String.format(
        "%s%nPer scenario:%n%n%s",
        EvaluationTables.summary(model, evaluation).markdown(),
        EvaluationTables.perScenario(evaluation).markdown());
  }

  /** The figures under the keys that a run's {@code metrics.json} has. */
  public String toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", model);
    json.putAll(evaluation.toJson());
    json.put("graph", graph);
    json.put("path", path.toString());
    json.put("data", data.toString());
    unseen.ifPresent(columns -> json.put("unseen", columns));
    return new ConfigMapper().toJson(json) + System.lineSeparator();
  }
}
