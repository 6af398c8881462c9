package io.scenerank.run;

import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import io.scenerank.config.ConfigMapper;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.EvaluationReport.Importances;
import io.scenerank.report.RunReportFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The result of an evaluation: the metrics of a model on rows of a data set. */
@PublicApi
public final class EvaluatedModel {
  private final String model;
  private final EvaluationReport evaluation;
  private final String graph;
  private final Path path;
  private final Path data;
  private final int rows;
  private final String split;
  private final Optional<ImmutableMap<String, Long>> unseen;

  /**
   * @param split how texts call the rows of the data set
   * @param unseen of raw rows, by column the values that no training row had; empty of others
   */
  EvaluatedModel(
      String model,
      EvaluationReport evaluation,
      String graph,
      Path path,
      Path data,
      int rows,
      String split,
      Optional<ImmutableMap<String, Long>> unseen) {
    this.model = model;
    this.evaluation = evaluation;
    this.graph = graph;
    this.path = path;
    this.data = data;
    this.rows = rows;
    this.split = split;
    this.unseen = unseen;
  }

  /** How much each column of a model matters, on test rows of a data set. */
  public static final class ExplainedModel {
    private final String model;
    private final Importances importances;
    private final Path path;
    private final Path data;
    private final long seed;

    ExplainedModel(String model, Importances importances, Path path, Path data, long seed) {
      this.model = model;
      this.importances = importances;
      this.path = path;
      this.data = data;
      this.seed = seed;
    }

    /** By how much the metrics get worse, by task, column and scenario. */
    public Importances importances() {
      return importances;
    }

    public String toText() {
      return String.format(
          Locale.ROOT,
          "%s%nEach column permuted %d times among the rows of the same scenario; mean change of the"
              + " metric%s%n%,d test rows of %s, scored with %s%n",
          importances.toText(),
          importances.repeats(),
          importances.repeats() == 1 ? "" : " ± sample standard deviation",
          importances.rows(),
          data,
          path);
    }

    /** The importances as a JSON object. */
    public String toJson() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("model", model);
      json.put("seed", seed);
      json.putAll(importances.toJson());
      json.put("path", path.toString());
      json.put("data", data.toString());
      return new ConfigMapper().toJson(json) + System.lineSeparator();
    }

    /**
     * Writes a page with the importances as bars and as tables.
     *
     * @param out a file of HTML; an existing one is replaced
     */
    public void writePage(Path out) throws IOException {
      RunReportFiles.writeImportances(
          out,
          model,
          importances,
          ImmutableMap.of(
              "model", path.toString(), "data", data.toString(), "seed", Long.toString(seed)));
    }
  }

  /** What tables call the model. */
  public String model() {
    return model;
  }

  /** The metrics on the rows, over all and by scenario. */
  public EvaluationReport evaluation() {
    return evaluation;
  }

  /** What scored: {@code native} or {@code saved_model}. */
  public String graph() {
    return graph;
  }

  /** Where the model is. */
  public Path path() {
    return path;
  }

  /** The data set, or the raw rows. */
  public Path data() {
    return data;
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  /** Of raw rows, by column the number of values that do not occur in the training rows. */
  public ImmutableMap<String, Long> unseen() {
    return unseen.orElse(ImmutableMap.of());
  }

  /** The same of raw rows. */
  EvaluatedModel ofRaw(Path input, ImmutableMap<String, Long> unseenValues) {
    return new EvaluatedModel(
        model, evaluation, graph, path, input, rows, split, Optional.of(unseenValues));
  }

  public String toText() {
    return String.format(
        Locale.ROOT,
        "%s%n%,d %s rows of %s, scored with the %s of %s%n",
        evaluation.toText(model),
        rows,
        split,
        data,
        graph.equals(RankedModel.NATIVE) ? "native graph" : "SavedModel",
        path);
  }

  public String toMarkdown() {
    return evaluation.toMarkdown(model);
  }

  /** The metrics under the keys that a run's {@code metrics.json} has. */
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
