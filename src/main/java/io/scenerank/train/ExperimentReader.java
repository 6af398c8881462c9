package io.scenerank.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Nearest;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts an experiment together: defaults, then a YAML file, then single settings. */
public final class ExperimentReader {
  private static final ImmutableSet<String> KEYS =
      ImmutableSet.of("model", "model_params", "training", "feature_columns");

  private final ConfigMapper mapper = new ConfigMapper();
  private final Models models;

  public ExperimentReader(Models models) {
    this.models = models;
  }

  /**
   * Reads the model's name, from the file unless one is given.
   *
   * @throws InvalidInputException if neither names a model, or they name different ones
   */
  public ModelType<?> type(Optional<String> name, Optional<Path> file) {
    Optional<String> inFile =
        file.map(this::tree).map(tree -> tree.get("model")).map(JsonNode::asText);
    if (name.isPresent() && inFile.isPresent() && !name.get().equals(inFile.get())) {
      throw new InvalidInputException(
          file.get() + ": model is '" + inFile.get() + "', asked for is '" + name.get() + "'");
    }
    return models.get(
        name.or(() -> inFile)
            .orElseThrow(() -> new InvalidInputException("no model is named; expected MODEL")));
  }

  /**
   * @param file a YAML with {@code model}, {@code model_params}, {@code training} and {@code
   *     feature_columns}, all optional
   * @param settings {@code key=value}, where a key is {@code training.epochs} or, where that is
   *     unambiguous, {@code epochs}
   * @param schema gives tasks and, where the file has none, the columns
   * @throws InvalidInputException naming the key that is unknown, of another type or out of range
   */
  public <P extends ModelParams> Experiment read(
      ModelType<P> type, Optional<Path> file, List<String> settings, Schema schema) {
    String where = file.map(Path::toString).orElse("configuration");
    ObjectNode given = file.map(this::tree).orElseGet(mapper::newObject);
    P defaults = type.defaults().apply(schema.tasks());
    for (String setting : settings) {
      set(given, setting, defaults, type.paramsType());
    }
    P params =
        mapper.merge(
            defaults, type.paramsType(), section(given, "model_params"), where + ": model_params");
    TrainingConfig training =
        mapper.merge(
            TrainingConfig.defaults(),
            TrainingConfig.class,
            section(given, "training"),
            where + ": training");
    checkTasks(params, training, schema);
    return new Experiment(
        new ModelDefinition<>(type, params, columns(given, type.name(), schema, where)), training);
  }

  private ImmutableList<FeatureColumn> columns(
      ObjectNode given, String model, Schema schema, String where) {
    JsonNode columns = given.get("feature_columns");
    return columns == null
        ? schema.columnsFor(model)
        : ImmutableList.copyOf(
            mapper.convert(columns, FeatureColumn[].class, where + ": feature_columns"));
  }

  private static void checkTasks(ModelParams params, TrainingConfig training, Schema schema) {
    for (String task : params.taskNames()) {
      if (!schema.tasks().contains(task)) {
        throw new InvalidInputException(
            "task '" + task + "' has no label in the data" + Nearest.hint(task, schema.tasks()));
      }
    }
    for (String task :
        Sets.difference(training.lossWeights().keySet(), ImmutableSet.copyOf(params.taskNames()))) {
      throw new InvalidInputException(
          "training.loss_weights: unknown task '"
              + task
              + "'"
              + Nearest.hint(task, params.taskNames()));
    }
  }

  private ObjectNode tree(Path file) {
    JsonNode tree = mapper.readTree(file);
    if (!(tree instanceof ObjectNode object)) {
      throw new InvalidInputException(file + ": found no keys, expected some of " + KEYS);
    }
    for (String key : Sets.difference(ImmutableSet.copyOf(object.fieldNames()), KEYS)) {
      throw new InvalidInputException(
          file + ": unknown key '" + key + "'" + Nearest.hint(key, KEYS));
    }
    return object;
  }

  private JsonNode section(ObjectNode given, String key) {
    JsonNode section = given.get(key);
    // "training:" with nothing behind it is an empty text, as Jackson reads YAML.
    boolean empty =
        section == null
            || section.isNull()
            || (section.isTextual() && section.textValue().isEmpty());
    return empty ? mapper.newObject() : section;
  }

  /** Puts one {@code key=value} into the tree. */
  private void set(
      ObjectNode given, String setting, ModelParams defaults, Class<? extends ModelParams> type) {
    int equals = setting.indexOf('=');
    if (equals < 1) {
      throw new InvalidInputException("--set '" + setting + "': expected key=value");
    }
    List<String> path = path(setting.substring(0, equals), defaults, type);
    ObjectNode node = given;
    for (String key : path.subList(0, path.size() - 1)) {
      node = node.get(key) instanceof ObjectNode nested ? nested : node.putObject(key);
    }
    node.set(
        path.get(path.size() - 1),
        mapper.parseScalar(setting.substring(equals + 1), "--set " + setting));
  }

  private List<String> path(String key, ModelParams defaults, Class<? extends ModelParams> type) {
    ImmutableSet<String> params =
        Sets.union(
                ImmutableSet.copyOf(mapper.toTree(defaults).fieldNames()),
                mapper.aliases(type).keySet())
            .immutableCopy();
    ImmutableSet<String> training =
        ImmutableSet.copyOf(mapper.toTree(TrainingConfig.defaults()).fieldNames());
    List<String> path = new ArrayList<>(Splitter.on('.').splitToList(key));
    String head = path.get(0);
    if (head.equals("model_params") || head.equals("training")) {
      return path;
    }
    if (params.contains(head) || training.contains(head)) {
      path.add(0, params.contains(head) ? "model_params" : "training");
      return path;
    }
    throw new InvalidInputException(
        "--set: unknown key '" + key + "'" + Nearest.hint(head, Sets.union(params, training)));
  }
}
