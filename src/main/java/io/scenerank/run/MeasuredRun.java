package io.scenerank.run;

import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSource;
import io.scenerank.eval.EvaluationReport.Grouping;
import io.scenerank.eval.Evaluator.RankingBy;
import io.scenerank.model.ModelDefinition;
import io.scenerank.report.RunMeasurement;
import io.scenerank.report.RunMeasurement.RunNumbers;
import io.scenerank.run.text.Versions;
import io.scenerank.train.Device;
import io.scenerank.train.Trainer;
import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingListener;
import io.scenerank.train.experiment.SavedRun;
import java.util.Optional;

/**
 * Measures a run that is there for its report.
 *
 * @param threads threads of TensorFlow; 0 for one a core
 * @param ranking the ranking metrics that are requested
 */
record MeasuredRun(
    SavedRun run, Device device, int threads, EncodingCheck encoding, Optional<RankingBy> ranking) {
  /**
   * Measures the test rows of a data set.
   *
   * @throws io.scenerank.config.InvalidInputException naming the column or task that the data
   *     lacks, has otherwise or encodes otherwise
   */
  RunNumbers on(PreparedDataset data) {
    ModelDefinition<?> model = run.experiment().definition();
    EncodingCheck.Model trained =
        new EncodingCheck.Model(run.folder(), run.fingerprint(), model.columns());
    encoding.requireNoLaterDay(trained, data);
    Optional<Grouping> grouping = ranking.map(by -> by.in(data.schema()));
    RowSource test =
        data.reading(model.layout(), model.params().taskNames(), grouping.map(Grouping::column))
            .streamTest();
    encoding.require(trained, data);
    TrainingGraph.Options options =
        TrainingGraph.Options.of(run.experiment().training(), run.state().seed(), device, threads);
    try (Trainer trainer =
        new Trainer(model, options, data.schema().scenario(), TrainingListener.NONE)) {
      run.restore(trainer.graph());
      RunMeasurement measurement =
          new RunMeasurement(
              test,
              data.schema().scenario(),
              data.folder().toString(),
              run.state().seed(),
              grouping);
      return measurement.measure(
          model,
          trainer.graph(),
          measurement.evaluate(model, trainer.predict(test)),
          Versions.all());
    }
  }
}
