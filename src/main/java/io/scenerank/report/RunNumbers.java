package io.scenerank.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.eval.Evaluator.Calibration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
