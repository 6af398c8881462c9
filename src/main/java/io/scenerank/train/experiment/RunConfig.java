package io.scenerank.train.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Targets;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelType;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the configuration of a run, which leaves nothing out, and puts other training over it. */
final class RunConfig {
  private static final String PARAMS = SettingKeys.PARAMS;
  private static final String COLUMNS = "feature_columns";

  private final ConfigMapper mapper = new ConfigMapper();
  private final ExperimentReader reader;

  RunConfig(Registry registry) {
    this.reader = new ExperimentReader(registry);
  }

  /**
   * @throws InvalidInputException naming the file and what is missing or wrong in it
   */
  Experiment read(Path file) {
    ObjectNode tree = reader.tree(file);
    for (String key : List.of("model", PARAMS, COLUMNS)) {
      require(tree.has(key), file, key);
    }
    JsonNode tasks = tree.get(PARAMS).path("task_names");
    require(!tasks.isMissingNode(), file, PARAMS + ".task_names");
    String[] names = mapper.convert(tasks, String[].class, file + ": " + PARAMS + ".task_names");
    try {
      return read(file, tree, ImmutableList.copyOf(names));
    } catch (InvalidInputException e) {
      throw e.in(file.toString());
    }
  }

  private Experiment read(Path file, ObjectNode tree, ImmutableList<String> tasks) {
    ModelType<?> type = reader.type(Optional.empty(), Optional.of(file));
    Experiment.Draft<?> draft = reader.draft(type, tree, file.toString(), List.of(), tasks);
    return draft.complete(draft.columns().orElseThrow(), draft.targets().orElse(Targets.NONE));
  }

  private static void require(boolean there, Path file, String key) {
    if (!there) {
      throw new InvalidInputException(
          file + ": key '" + key + "' is missing, expected in the configuration of a run");
    }
  }

  /**
   * A run's model with other training: the keys of {@code training} in a file and the settings over
   * those of the run.
   *
   * @param run names the run in messages
   * @param labels the labels of the data to train on
   * @throws InvalidInputException naming the key that is wrong, or of the model and not of its
   *     training
   */
  Experiment retrain(
      Path run, Experiment experiment, Optional<Path> file, List<String> settings, Labels labels) {
    ModelDefinition<?> definition = experiment.definition();
    ObjectNode given = file.map(reader::tree).orElseGet(mapper::newObject);
    String where = ExperimentReader.where(file);
    JsonNode model = given.get("model");
    if (model != null && !model.asText().equals(definition.type().name())) {
      throw fixed(where + ": model", model.asText(), run, definition.type().name());
    }
    Experiment.Draft<?> draft =
        reader.over(
            draft(definition, experiment.training()), given, where, settings, labels.tasks());
    requireSame(definition.params(), draft.params(), run);
    Experiment changed = draft.complete(draft.columns().orElseThrow(), labels.targets());
    requireSame(definition.columns(), changed.definition().columns(), run);
    return changed;
  }

  /**
   * Checks that a file and settings change nothing of a run.
   *
   * @throws InvalidInputException naming the key that is unknown, or has another value in the run
   */
  void requireSame(Path run, Experiment experiment, Optional<Path> file, List<String> settings) {
    Experiment asked = retrain(run, experiment, file, settings, Labels.of(experiment.definition()));
    ObjectNode other = mapper.toTree(asked.training());
    for (Map.Entry<String, JsonNode> key : mapper.toTree(experiment.training()).properties()) {
      JsonNode value = other.get(key.getKey());
      if (!value.equals(key.getValue())) {
        throw new InvalidInputException(
            String.format(
                "training.%s is %s but %s in the run %s, and a run resumes with the settings that"
                    + " it began with",
                key.getKey(), value, key.getValue(), run));
      }
    }
  }

  private static <P extends ModelParams> Experiment.Draft<P> draft(
      ModelDefinition<P> definition, TrainingConfig training) {
    return new Experiment.Draft<>(
        definition.type(),
        definition.params(),
        training,
        Optional.of(definition.columns()),
        Optional.of(definition.targets()));
  }

  /** The tasks of rows, and what their labels are. */
  record Labels(ImmutableList<String> tasks, Targets targets) {
    static Labels of(Schema schema) {
      return new Labels(schema.tasks(), schema.targets());
    }

    private static Labels of(ModelDefinition<?> definition) {
      return new Labels(definition.params().taskNames(), definition.targets());
    }
  }

  private void requireSame(ModelParams own, ModelParams other, Path run) {
    ObjectNode asked = mapper.toTree(other);
    for (Map.Entry<String, JsonNode> param : mapper.toTree(own).properties()) {
      JsonNode value = asked.get(param.getKey());
      if (!value.equals(param.getValue())) {
        throw fixed(PARAMS + "." + param.getKey(), value, run, param.getValue());
      }
    }
  }

  private void requireSame(List<FeatureColumn> own, List<FeatureColumn> other, Path run) {
    for (int i = 0; i < Math.max(own.size(), other.size()); i++) {
      Object asked = i < other.size() ? mapper.toTree(other.get(i)) : "nothing";
      Object kept = i < own.size() ? mapper.toTree(own.get(i)) : "nothing";
      if (!asked.equals(kept)) {
        throw fixed(COLUMNS + "[" + i + "]", asked, run, kept);
      }
    }
  }

  private static InvalidInputException fixed(String key, Object asked, Path run, Object kept) {
    return new InvalidInputException(
        String.format(
            "%s is %s but %s in the run %s: a model that is trained further keeps its parameters"
                + " and columns",
            key, asked, kept, run));
  }
}
