package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSource;
import io.scenerank.eval.EvaluationData;
import io.scenerank.eval.EvaluationReport;
import io.scenerank.eval.Evaluator;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Nearest;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelDefinition;
import io.scenerank.savedmodel.RowScorer;
import io.scenerank.savedmodel.TaskOutputs;
import java.util.List;
import java.util.Optional;

/** Scores the test rows of a data set with a model and measures the scores. */
final class Evaluation {
  private final PreparedDataset data;
  private final EncodingCheck encoding;
  private final Progress progress;

  Evaluation(PreparedDataset data, EncodingCheck encoding, Progress progress) {
    this.data = data;
    this.encoding = encoding;
    this.progress = progress;
  }

  /**
   * @param batchSize rows a call; empty for the model's own
   * @throws InvalidInputException naming the column or task that the model and the data do not
   *     share, or the row of a score that is no probability
   */
  EvaluatedModel of(RankedModel model, Optional<Integer> batchSize) {
    PreparedDataset read = reading(model);
    encoding.require(model.encoding(), data);
    Schema schema = data.schema();
    RowScorer scorer = new RowScorer(model.ranker(), batchSize.orElse(model.batchSize()));
    ImmutableList<String> outputs = scorer.outputs();
    TaskOutputs matched =
        TaskOutputs.find(
            model.path(),
            outputs,
            model
                .definition()
                .map(definition -> definition.params().taskNames())
                .orElse(schema.tasks()));
    if (!matched.unused(outputs).isEmpty()) {
      progress.line(
          "not evaluated, without a label in the data: "
              + String.join(", ", matched.unused(outputs)));
    }
    RowSource test = read.streamTest();
    progress.start();
    float[][] scores =
        matched.pick(
            outputs,
            scorer.score(test, done -> progress.update("evaluate", done, test.size(), "rows")));
    requireProbabilities(model, matched.tasks(), scores);
    EvaluationReport report =
        new Evaluator(EvaluationData.of(test, matched.tasks(), schema.scenario())).evaluate(scores);
    return new EvaluatedModel(
        model.name(),
        report,
        model.graph(),
        model.path(),
        data.folder(),
        test.size(),
        Optional.empty());
  }

  /** The data with what the model reads; all of it where that is not known. */
  private PreparedDataset reading(RankedModel model) {
    if (model.definition().isPresent()) {
      ModelDefinition<?> definition = model.definition().get();
      return data.reading(definition.layout(), definition.params().taskNames());
    }
    List<String> known =
        data.schema().columns().stream().map(column -> column.column().name()).toList();
    for (String input : model.ranker().inputs().keySet()) {
      if (!known.contains(input)) {
        throw new InvalidInputException(
            String.format(
                "%s: input '%s' is no feature of %s%s",
                model.path(), input, data.folder(), Nearest.hint(input, known)));
      }
    }
    return data;
  }

  private static void requireProbabilities(
      RankedModel model, List<String> tasks, float[][] scores) {
    for (int task = 0; task < scores.length; task++) {
      for (int row = 0; row < scores[task].length; row++) {
        if (!(scores[task][row] >= 0 && scores[task][row] <= 1)) {
          throw new InvalidInputException(
              String.format(
                  "%s: the score of task '%s', row %d is %s, expected a probability in [0, 1]",
                  model.path(), tasks.get(task), row, scores[task][row]));
        }
      }
    }
  }
}
