package io.scenerank.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.data.PackedRows;
import io.scenerank.data.RowSource;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.Evaluator;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.TrainingGraph;
import java.util.Map;

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
  private final PackedRows sample;

  /**
   * Draws the rows that the gates are looked at with.
   *
   * @param data where the test rows lie
   * @param seed seed of the training, and of the sample
   */
  public RunMeasurement(RowSource test, Schema.Scenario scenario, String data, long seed) {
    this.test = test;
    this.scenario = scenario;
    this.data = data;
    this.seed = seed;
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
    Evaluator evaluator = Evaluator.of(test, model.params().taskNames(), scenario);
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
}
