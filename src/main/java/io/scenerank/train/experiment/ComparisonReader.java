package io.scenerank.train.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Puts the experiments of a comparison together. A file's {@code training} is for every model; its
 * {@code model_params} and {@code feature_columns} are for the model that it names. A setting is
 * for every model that has its key, {@code MODEL.key=value} for that model only.
 */
public final class ComparisonReader {
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
   * @throws InvalidInputException naming the key that is unknown, of another type or out of range,
   *     or what the file says of a model that is not compared, or models of different tasks
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
