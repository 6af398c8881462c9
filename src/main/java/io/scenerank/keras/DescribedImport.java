package io.scenerank.keras;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.KerasForm;
import io.scenerank.layer.base.GroupNames;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a source whose model a description tells: {@code --config}, or what this library wrote into
 * an export. The source's own JSON, where there is one, tells in which order its layers are.
 */
final class DescribedImport {
  private final Models models;
  private final JsonNode description;
  private final String where;

  /**
   * @param description name, parameters and columns of a model, as a run's configuration has them
   * @param where how messages call it
   */
  DescribedImport(Models models, JsonNode description, String where) {
    this.models = models;
    this.description = description;
    this.where = where;
  }

  /**
   * What a source was read as.
   *
   * @param models the model that it holds, or several where its arrays fit those of this library
   *     and of the original implementation, which creates some in another order
   * @param guessed layers that could be taken for each other, so that something has to prove which
   *     is which; a line each
   */
  record Candidates(ImmutableList<KerasModel> models, ImmutableList<String> guessed) {}

  /**
   * Reads a source.
   *
   * @param json the source's own model, where something describes it
   * @throws InvalidInputException naming what is damaged, missing or of another shape
   */
  Candidates read(Path path, Optional<ModelJson> json) {
    ModelFiles files = ModelFiles.open(path);
    try {
      int generation = json.map(ModelJson::generation).or(files::generation).orElse(2);
      DescribedExperiment described = new DescribedExperiment(models, generation);
      ModelDefinition<?> definition = described.definition(description, where);
      if (files.arrays() instanceof TunedArrays tuned) {
        files = files.withArrays(tuned.withParts(GraphVariables.parts(definition)));
      }
      List<KerasModel> read = new ArrayList<>();
      List<InvalidInputException> problems = new ArrayList<>();
      Set<String> guessed = new LinkedHashSet<>();
      for (GraphImport.Graph graph : graphs(definition, json, files)) {
        KerasModelFile file = new KerasModelFile(path, json, graph.model(), files);
        ListedLayers listed = listed(graph.built().tree(), json, files);
        try {
          add(
              file.read(
                  definition,
                  listed.tree(),
                  graph.built().trained(),
                  compiled -> described.training(description, where, compiled)),
              read);
          guessed.addAll(listed.guessed());
        } catch (InvalidInputException e) {
          problems.add(e);
        }
      }
      if (read.isEmpty()) {
        throw problems.get(0);
      }
      return new Candidates(ImmutableList.copyOf(read), ImmutableList.copyOf(guessed));
    } finally {
      files.close();
    }
  }

  /** Two ways to read a file that give the same are one. */
  private static void add(KerasModel model, List<KerasModel> read) {
    boolean known =
        read.stream()
            .anyMatch(
                other ->
                    other.state().weights().entrySet().stream()
                        .allMatch(
                            entry ->
                                Arrays.equals(
                                    entry.getValue().values(),
                                    requireNonNull(model.state().weights().get(entry.getKey()))
                                        .values())));
    if (!known) {
      read.add(model);
    }
  }

  /** The graphs of layers that the source may have been written of. */
  private static ImmutableList<GraphImport.Graph> graphs(
      ModelDefinition<?> definition, Optional<ModelJson> json, ModelFiles files) {
    ImmutableSet<String> classes =
        json.map(ModelJson::classes).orElseGet(() -> files.arrays().classes());
    boolean original =
        KerasForm.originalClasses().stream()
            .anyMatch(
                name -> classes.contains(name) || classes.contains(GroupNames.snakeCase(name)));
    // Lists of arrays by layer do not say of which class a layer is.
    boolean open = classes.isEmpty() && files.arrays() instanceof LayeredArrays;
    ImmutableList.Builder<GraphImport.Graph> graphs = ImmutableList.builder();
    if (!original) {
      graphs.add(GraphImport.graph(definition));
    }
    if (original || open) {
      graphs.add(GraphImport.original(definition));
    }
    return graphs.build();
  }

  private static ListedLayers listed(LayerTree tree, Optional<ModelJson> json, ModelFiles files) {
    return json.map(found -> ListedLayers.of(tree, found.json()))
        .orElseGet(() -> files.arrays().listed(tree));
  }
}
