package io.scenerank.train.experiment;

import static io.scenerank.train.experiment.Experiment.TARGETS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Schema;
import io.scenerank.feature.Targets;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.train.KerasLoss.TaskLosses;
import io.scenerank.train.Loss.LossWeights;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingMethods;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Puts an experiment together: defaults, then a YAML file, then single settings. */
public final class ExperimentReader {
  private static final ImmutableSet<String> KEYS =
      ImmutableSet.of("model", "model_params", "training", "feature_columns", TARGETS);

  private final ConfigMapper mapper;
  private final Models models;

  /** Knows these models and the library's losses, schedules and optimizers. */
  public ExperimentReader(Models models) {
    this(Registry.standard().withModels(models));
  }

  /** Knows what a registry has. */
  public ExperimentReader(Registry registry) {
    this.mapper = registry.methods().mapper();
    this.models = registry.models();
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
          file.get() + ": model is '" + inFile.get() + "', requested is '" + name.get() + "'");
    }
    return models.get(
        name.or(() -> inFile)
            .orElseThrow(() -> new InvalidInputException("no model is named; expected MODEL")));
  }

  /**
   * Reads an experiment.
   *
   * @param file a YAML with {@code model}, {@code model_params}, {@code training} and {@code
   *     feature_columns}, all optional
   * @param settings {@code key=value}, where a key is {@code training.epochs} or, where that is
   *     unambiguous, {@code epochs}
   * @param schema gives tasks and, where the file has none, the columns
   * @throws InvalidInputException naming the key that is unknown, of another type or out of range
   */
  public <P extends ModelParams> Experiment read(
      ModelType<P> type, Optional<Path> file, List<String> settings, Schema schema) {
    return draft(
            type,
            file.map(this::tree).orElseGet(mapper::newObject),
            where(file),
            settings,
            schema.tasks())
        .complete(schema);
  }

  /** How messages call the place of the keys. */
  static String where(Optional<Path> file) {
    return file.map(Path::toString).orElse("configuration");
  }

  /**
   * Reads all but the columns that the data set gives.
   *
   * @param given the file's tree, which the settings change
   * @param tasks the labels of the data set
   */
  <P extends ModelParams> Experiment.Draft<P> draft(
      ModelType<P> type,
      ObjectNode given,
      String where,
      List<String> settings,
      ImmutableList<String> tasks) {
    return over(
        new Experiment.Draft<>(
            type,
            type.defaults(tasks),
            TrainingConfig.defaults(type.pace()),
            Optional.empty(),
            Optional.empty()),
        given,
        where,
        settings,
        tasks);
  }

  /**
   * Puts a file's tree and settings over what holds without them.
   *
   * @param given the file's tree, which the settings change
   * @param tasks the labels of the data set
   */
  <P extends ModelParams> Experiment.Draft<P> over(
      Experiment.Draft<P> base,
      ObjectNode given,
      String where,
      List<String> settings,
      ImmutableList<String> tasks) {
    ModelType<P> type = base.type();
    SettingKeys keys = SettingKeys.of(base.params(), type.paramsType());
    for (String setting : settings) {
      set(given, Setting.parse(setting), keys);
    }
    P params =
        mapper.merge(
            base.params(),
            type.paramsType(),
            section(given, "model_params"),
            where + ": model_params");
    JsonNode changes = section(given, "training");
    TrainingConfig training =
        mapper.merge(
            base.training().below(changes), TrainingConfig.class, changes, where + ": training");
    checkTasks(params, training, tasks);
    return new Experiment.Draft<>(
        type,
        params,
        training,
        columns(given, where).or(base::columns),
        targets(given, where).or(base::targets));
  }

  private Optional<ImmutableList<FeatureColumn>> columns(ObjectNode given, String where) {
    return Optional.ofNullable(given.get("feature_columns"))
        .map(
            columns ->
                ImmutableList.copyOf(
                    mapper.convert(columns, FeatureColumn[].class, where + ": feature_columns")));
  }

  private Optional<Targets> targets(ObjectNode given, String where) {
    return Optional.ofNullable(given.get(TARGETS))
        .map(targets -> mapper.convert(targets, Targets.class, where + ": " + TARGETS));
  }

  private static void checkTasks(
      ModelParams params, TrainingConfig training, ImmutableList<String> tasks) {
    ModelDefinition.requireTasks(params);
    for (String task : params.taskNames()) {
      if (!tasks.contains(task)) {
        throw new InvalidInputException(
            "task '" + task + "' has no label in the data" + SpellingHint.hint(task, tasks));
      }
    }
    training.lossWeights().requireTasks(params.taskNames());
    if (training.lossWeights() instanceof LossWeights.Fixed fixed) {
      requireKnown("loss_weights", fixed.factors().keySet(), params.taskNames());
    }
    if (training.loss() instanceof TaskLosses losses) {
      requireKnown("loss", losses.tasks(), params.taskNames());
    }
  }

  private static void requireKnown(String key, Set<String> given, ImmutableList<String> tasks) {
    for (String task : Sets.difference(given, ImmutableSet.copyOf(tasks))) {
      throw new InvalidInputException(
          "training." + key + ": unknown task '" + task + "'" + SpellingHint.hint(task, tasks));
    }
  }

  /** The keys and values of a file, the outermost keys checked. */
  ObjectNode tree(Path file) {
    JsonNode tree = mapper.readTree(file);
    if (!(tree instanceof ObjectNode object)) {
      throw new InvalidInputException(file + ": found no keys, expected some of " + KEYS);
    }
    requireKnownKeys(object, file.toString());
    return object;
  }

  /**
   * Checks the outermost keys of an experiment.
   *
   * @param where how messages call the place of the keys
   * @throws InvalidInputException naming one that is unknown
   */
  public static void requireKnownKeys(JsonNode tree, String where) {
    for (String key : Sets.difference(ImmutableSet.copyOf(tree.fieldNames()), KEYS)) {
      throw new InvalidInputException(
          where + ": unknown key '" + key + "'" + SpellingHint.hint(key, KEYS));
    }
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

  private void set(ObjectNode given, Setting setting, SettingKeys keys) {
    List<String> path = keys.path(setting.key());
    ObjectNode node = given;
    for (String key : path.subList(0, path.size() - 1)) {
      node = node.get(key) instanceof ObjectNode nested ? nested : node.putObject(key);
    }
    node.set(
        path.get(path.size() - 1),
        mapper.parseScalar(setting.value(), "setting (--set) " + setting.text()));
  }

  /**
   * What configurations may name.
   *
   * @param models the kinds of models
   * @param methods losses, learning-rate schedules and optimizers
   */
  public record Registry(Models models, TrainingMethods methods) {
    /** What the library has. */
    public static Registry standard() {
      return new Registry(Models.standard(), TrainingMethods.standard());
    }

    /** The same with other models. */
    public Registry withModels(Models others) {
      return new Registry(others, methods);
    }

    /** The same with other losses, schedules and optimizers. */
    public Registry withMethods(TrainingMethods others) {
      return new Registry(models, others);
    }
  }

  /**
   * Puts the experiments of a comparison together. A file's {@code training} is for every model;
   * its {@code model_params} and {@code feature_columns} are for the model that it names. A setting
   * is for every model that has its key, {@code MODEL.key=value} for that model only.
   */
  public static final class ComparisonReader {
    private static final ImmutableList<String> OF_ONE_MODEL =
        ImmutableList.of("model_params", "feature_columns");

    private final ConfigMapper mapper = new ConfigMapper();
    private final Models models;
    private final ExperimentReader reader;

    public ComparisonReader(Registry registry) {
      this.models = registry.models();
      this.reader = new ExperimentReader(registry);
    }

    /**
     * The types of the models that are compared.
     *
     * @throws InvalidInputException if a name is unknown or occurs twice
     */
    public ImmutableList<ModelType<?>> types(List<String> names) {
      Set<ModelType<?>> types = new LinkedHashSet<>();
      for (String name : names) {
        if (!types.add(models.get(name))) {
          throw new InvalidInputException("model '" + name + "' occurs twice");
        }
      }
      return ImmutableList.copyOf(types);
    }

    /**
     * Reads one experiment a model.
     *
     * @param types at least one
     * @throws InvalidInputException naming the key that is unknown, of another type or out of
     *     range, or what the file says of a model that is not compared, or models of different
     *     tasks
     */
    public ImmutableList<Experiment.Draft<?>> read(
        List<ModelType<?>> types,
        Optional<Path> file,
        List<String> settings,
        ImmutableList<String> tasks) {
      ObjectNode given = file.map(reader::tree).orElseGet(mapper::newObject);
      String where = ExperimentReader.where(file);
      String owner = owner(given, where, types);
      SharedSettings shared =
          new SharedSettings(types, ImmutableSet.copyOf(models.names()), tasks, settings);
      ImmutableList.Builder<Experiment.Draft<?>> drafts = ImmutableList.builder();
      for (ModelType<?> type : types) {
        ObjectNode part = given.deepCopy();
        if (!type.name().equals(owner)) {
          part.remove(OF_ONE_MODEL);
        }
        drafts.add(reader.draft(type, part, where, shared.of(type.name()), tasks));
      }
      return requireSameTasks(drafts.build());
    }

    /** The model whose parameters the file holds. */
    private static String owner(ObjectNode given, String where, List<ModelType<?>> types) {
      List<String> names = types.stream().map(ModelType::name).toList();
      JsonNode model = given.get("model");
      if (model != null) {
        if (!names.contains(model.asText())) {
          throw new InvalidInputException(
              String.format(
                  "%s: model '%s' is not compared%s",
                  where, model.asText(), SpellingHint.hint(model.asText(), names)));
        }
        return model.asText();
      }
      for (String section : OF_ONE_MODEL) {
        if (given.has(section) && names.size() > 1) {
          throw new InvalidInputException(
              String.format(
                  "%s: %s belongs to one model; the key 'model' must name it: %s",
                  where, section, String.join(", ", names)));
        }
      }
      return names.get(0);
    }

    private static ImmutableList<Experiment.Draft<?>> requireSameTasks(
        ImmutableList<Experiment.Draft<?>> drafts) {
      Experiment.Draft<?> first = drafts.get(0);
      for (Experiment.Draft<?> draft : drafts) {
        if (!draft.params().taskNames().equals(first.params().taskNames())) {
          throw new InvalidInputException(
              String.format(
                  "task_names: '%s' has %s, '%s' has %s; expected the same for all compared models",
                  first.type().name(),
                  first.params().taskNames(),
                  draft.type().name(),
                  draft.params().taskNames()));
        }
      }
      return drafts;
    }
  }
}
