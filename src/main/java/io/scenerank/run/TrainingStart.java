package io.scenerank.run;

import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelType;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.ExperimentReader;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import io.scenerank.train.experiment.SavedRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** From what a training starts, and the requested changes. */
interface TrainingStart {
  /** Name of the model. */
  String model();

  /**
   * What is trained and how.
   *
   * @param schema what the data holds
   * @param lines hears what does not grow with the data's vocabularies
   * @throws InvalidInputException naming the key that is unknown, of another type or out of range
   */
  Experiment experiment(Schema schema, Consumer<String> lines);

  /** The run from whose values training continues; empty for first values. */
  Optional<SavedRun> run();

  /**
   * A model with its first values.
   *
   * @param config YAML of the experiment
   * @param settings {@code key=value} over the YAML
   * @throws InvalidInputException if there is no such model
   */
  static TrainingStart ofModel(
      Registry registry, String model, Optional<Path> config, List<String> settings) {
    ExperimentReader reader = new ExperimentReader(registry);
    return new NewModel(reader, reader.type(Optional.of(model), config), config, settings);
  }

  /** A model with its first values. */
  record NewModel(
      ExperimentReader reader, ModelType<?> type, Optional<Path> config, List<String> settings)
      implements TrainingStart {
    @Override
    public String model() {
      return type.name();
    }

    @Override
    public Experiment experiment(Schema schema, Consumer<String> lines) {
      return reader.read(type, config, settings, schema);
    }

    @Override
    public Optional<SavedRun> run() {
      return Optional.empty();
    }
  }

  /**
   * The model of a run with the values that its training kept.
   *
   * @param config YAML whose {@code training} goes over the run's
   * @param settings {@code key=value} over both
   */
  record EarlierRun(SavedRun earlier, Optional<Path> config, List<String> settings)
      implements TrainingStart {
    @Override
    public String model() {
      return earlier.experiment().definition().type().name();
    }

    @Override
    public Experiment experiment(Schema schema, Consumer<String> lines) {
      return earlier.retrain(config, settings, schema, lines);
    }

    @Override
    public Optional<SavedRun> run() {
      return Optional.of(earlier);
    }
  }
}
