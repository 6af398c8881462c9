package io.scenerank.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSource;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.EvaluationReport.Grouping;
import io.scenerank.eval.Evaluator;
import io.scenerank.eval.Evaluator.Calibration;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.TrainingGraph;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Measures a trained model for its report. */
public final class RunMeasurement {
  /** Rows that the gates are looked at with, roughly. */
  private static final int GATE_ROWS = 5_000;

  /** Parts that the rows are cut into, to see whether their probabilities come true. */
  private static final int CALIBRATION_PARTS = 15;

  private final RowSource test;
  private final Schema.Scenario scenario;
  private final String data;
  private final long seed;
  private final Optional<Grouping> grouping;
  private final PackedRows sample;

  /**
   * Draws the rows that the gates are looked at with.
   *
   * @param data where the test rows lie
   * @param seed seed of the training, and of the sample
   * @param grouping the lists of the ranking metrics, where they are requested
   */
  public RunMeasurement(
      RowSource test,
      Schema.Scenario scenario,
      String data,
      long seed,
      Optional<Grouping> grouping) {
    this.test = test;
    this.scenario = scenario;
    this.data = data;
    this.seed = seed;
    this.grouping = grouping;
    this.sample = test.sampleScenarios(GATE_ROWS, seed);
  }

  /** Test rows of every scenario, about 5,000, that the gates are looked at with. */
  public PackedRows sample() {
    return sample;
  }

  /**
   * The test rows with their scores.
   *
   * @param scores [T][n]
   */
  public record Scored(Evaluator evaluator, EvaluationReport report, float[][] scores) {}

  /**
   * Evaluates the test rows, whose labels are read once for all that follows.
   *
   * @param scores [T][n], what a graph gives for them
   */
  public Scored evaluate(ModelDefinition<?> model, float[][] scores) {
    Evaluator evaluator = Evaluator.of(test, model.params().taskNames(), scenario, grouping);
    return new Scored(evaluator, evaluator.evaluate(scores), scores);
  }

  /**
   * Measures.
   *
   * @param graph with the values that training kept
   * @param scored the test rows with this graph's scores
   * @param versions of the programs, by name
   */
  public RunNumbers measure(
      ModelDefinition<?> model, TrainingGraph graph, Scored scored, Map<String, String> versions) {
    EvaluationReport report = scored.report();
    return new RunNumbers(
        model.type().name(),
        seed,
        data,
        test.size(),
        graph.trainableValues(),
        null,
        ImmutableMap.copyOf(versions),
        ReportedTask.of(report.overall(), report.optimal()),
        scenarios(report),
        scored.evaluator().calibrate(scored.scores(), CALIBRATION_PARTS),
        graph.gates(sample).stream()
            .map(gate -> GateMap.of(gate, sample, scenario))
            .collect(ImmutableList.toImmutableList()));
  }

  private static ImmutableList<ReportedScenario> scenarios(EvaluationReport report) {
    return report.scenarios().entrySet().stream()
        .map(
            entry ->
                new ReportedScenario(
                    entry.getKey(),
                    entry.getValue().metrics().rows(),
                    ReportedTask.of(entry.getValue().metrics(), entry.getValue().optimal())))
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * The results of a run, in numbers.
   *
   * @param model name of the model
   * @param seed seed of the training
   * @param data where the test rows lie
   * @param testRows how many they are
   * @param trainableValues numbers that training changes
   * @param training how it was trained; null where that is not known
   * @param versions of the programs, by name
   * @param tasks metrics over all test rows
   * @param scenarios the same for each scenario
   * @param calibration for each task, whether the predicted probabilities agree with the labels
   * @param gates what the gates do per scenario; none for a model without gates
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record RunNumbers(
      String model,
      long seed,
      String data,
      int testRows,
      long trainableValues,
      @Nullable Training training,
      ImmutableMap<String, String> versions,
      ImmutableList<ReportedTask> tasks,
      ImmutableList<ReportedScenario> scenarios,
      ImmutableList<Calibration> calibration,
      ImmutableList<GateMap> gates) {

    /**
     * How a model was trained.
     *
     * @param rows rows to train on, those of the validation among them
     * @param epochs epochs that were trained
     * @param seconds time of the epochs, validation and checkpoints left out
     * @param samplesPerSecond rows trained a second in that time
     * @param device what it ran on, in words
     * @param threads threads to compute with; 0 for one a core
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Training(
        int rows, int epochs, double seconds, double samplesPerSecond, String device, int threads) {

      /** Whether its time is known; it is not where only what follows it was left to do. */
      boolean hasTime() {
        return seconds > 0;
      }
    }

    /** The same numbers with this training. */
    public RunNumbers withTraining(Optional<Training> facts) {
      return new RunNumbers(
          model,
          seed,
          data,
          testRows,
          trainableValues,
          facts.orElse(null),
          versions,
          tasks,
          scenarios,
          calibration,
          gates);
    }
  }
}
