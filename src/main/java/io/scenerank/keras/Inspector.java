package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Longs;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.export.SavedModelExporter.ExportDescription;
import io.scenerank.files.InnerPath;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Trust.RefusedOp;
import io.scenerank.train.Checkpoints;
import io.scenerank.train.TrainingState;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Looks into artefacts of Keras, SavedModels and run folders, without running them. */
public final class Inspector {
  private static final String SLOTS = "optimizer/";

  private final ConfigMapper mapper = new ConfigMapper();

  /**
   * Inspects a file or folder.
   *
   * @param path a {@code .keras}, {@code .weights.h5} or {@code .h5}, a checkpoint, the folder of a
   *     SavedModel, or a run folder
   * @throws InvalidInputException if it is none of these, or damaged
   */
  public Inspection inspect(Path path) {
    if (Files.isRegularFile(path.resolve(SavedRun.CONFIG))) {
      return runFolder(path);
    }
    if (SavedModelGraph.isThere(path)) {
      return savedModel(path);
    }
    return inspection(path, ImmutableMap.of(), ImmutableList.of(), ImmutableList.of());
  }

  /** Whether a folder is a checkpoint of Keras, or the parts of a {@code .keras}. */
  public static boolean isKerasFolder(Path path) {
    return KerasArchive.isFolder(path) || ModelFiles.checkpoint(path).isPresent();
  }

  private static Inspection inspection(
      Path path,
      ImmutableMap<String, String> versions,
      ImmutableList<Inspection.Signature> signatures,
      ImmutableList<RefusedOp> refused) {
    Optional<ModelJson> described = ModelJson.of(path, Optional.empty());
    try (ModelFiles files = ModelFiles.open(path)) {
      Optional<JsonNode> json = described.map(ModelJson::json);
      ImmutableList.Builder<Inspection.LayerInfo> layers = ImmutableList.builder();
      for (JsonNode layer : json.orElse(MissingNode.getInstance()).path("config").path("layers")) {
        layers.add(
            new Inspection.LayerInfo(
                layer.path("config").path("name").asText(layer.path("name").asText()),
                layer.path("class_name").asText()));
      }
      ImmutableList<StoredVariable> optimizer = files.arrays().optimizer();
      Optional<String> name = described.flatMap(ModelJson::optimizerName);
      return new Inspection(
          path,
          files.label(described),
          json.map(model -> model.path("config").path("name").asText()).or(() -> own(path)),
          files.kerasVersion().map(version -> ImmutableMap.of("keras", version)).orElse(versions),
          signatures,
          layers.build(),
          files.arrays().weights().stream()
              .map(Inspector::variable)
              .collect(ImmutableList.toImmutableList()),
          name.isEmpty() && optimizer.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  new Inspection.OptimizerInfo(
                      name,
                      optimizer.stream()
                          .findFirst()
                          .filter(step -> !step.isFloat())
                          .map(step -> step.readLong(path.toString())),
                      (int)
                          optimizer.stream()
                              .filter(slot -> slot.isFloat() && slot.shape().numDimensions() > 0)
                              .count())),
          refused);
    }
  }

  /** Name of the model of an export of this library. */
  private static Optional<String> own(Path path) {
    return ExportDescription.model(path).map(model -> model.path("model").asText());
  }

  private Inspection savedModel(Path path) {
    InnerPath.requireLinksInside(path);
    SavedModelGraph graph = SavedModelGraph.read(path);
    if (!graph.hasCheckpoint()) {
      return new Inspection(
          path,
          "SavedModel without variables",
          Optional.empty(),
          graph.versions(),
          graph.signatures(),
          ImmutableList.of(),
          ImmutableList.of(),
          Optional.empty(),
          SavedModelPredictor.refusedOps(path));
    }
    return inspection(
        path, graph.versions(), graph.signatures(), SavedModelPredictor.refusedOps(path));
  }

  private static Inspection.VariableInfo variable(StoredVariable variable) {
    return new Inspection.VariableInfo(
        variable.key(),
        variable.dtype(),
        ImmutableList.copyOf(Longs.asList(variable.shape().asArray())));
  }

  private Inspection runFolder(Path path) {
    SavedRun.requireFinished(path);
    JsonNode config = mapper.readTree(InnerPath.resolve(path, SavedRun.CONFIG));
    Checkpoints checkpoints = SavedRun.checkpoints(path);
    TrainingState state = newest(path, checkpoints);
    ImmutableList<StoredVariable> stored =
        TensorBundle.open(checkpoints.variables(state.epoch())).variables();
    Path savedModel = InnerPath.resolve(path, "saved_model/1");
    InnerPath.requireLinksInside(savedModel);
    Optional<SavedModelGraph> graph =
        SavedModelGraph.isThere(savedModel)
            ? Optional.of(SavedModelGraph.read(savedModel))
            : Optional.empty();
    List<StoredVariable> slots =
        stored.stream().filter(variable -> variable.key().startsWith(SLOTS)).toList();
    return new Inspection(
        path,
        "run folder",
        Optional.of(config.path("model").asText()),
        graph.map(SavedModelGraph::versions).orElse(ImmutableMap.of()),
        graph.map(SavedModelGraph::signatures).orElse(ImmutableList.of()),
        ImmutableList.of(),
        stored.stream()
            .filter(variable -> !variable.key().startsWith(SLOTS))
            .map(Inspector::variable)
            .collect(ImmutableList.toImmutableList()),
        Optional.of(
            new Inspection.OptimizerInfo(
                Optional.of(config.path("training").path("optimizer").asText()),
                Optional.of((long) state.step()),
                slots.size())),
        graph.isPresent() ? SavedModelPredictor.refusedOps(savedModel) : ImmutableList.of());
  }

  private static TrainingState newest(Path run, Checkpoints checkpoints) {
    try {
      return checkpoints
          .latest()
          .orElseThrow(() -> new InvalidInputException(run + ": holds no checkpoint (epoch-…)"));
    } catch (IOException e) {
      throw new InvalidInputException(run + ": its checkpoints cannot be read", e);
    }
  }

  /**
   * What is inside an artefact.
   *
   * @param path the file or folder
   * @param kind what it is, as in ".keras of Keras 3"
   * @param model name of the model, where the artefact says so
   * @param versions version by program, of those that made it and say so
   * @param signatures of a SavedModel
   * @param layers of a functional Keras model, in its order
   * @param variables the model's variables
   * @param optimizer how the model was trained, where the artefact says so
   * @param refused the ops for which a SavedModel is refused unless it is trusted
   */
  public record Inspection(
      Path path,
      String kind,
      Optional<String> model,
      ImmutableMap<String, String> versions,
      ImmutableList<Signature> signatures,
      ImmutableList<LayerInfo> layers,
      ImmutableList<VariableInfo> variables,
      Optional<OptimizerInfo> optimizer,
      ImmutableList<RefusedOp> refused) {

    /**
     * A way to call a SavedModel.
     *
     * @param method what TensorFlow Serving does with it
     */
    public record Signature(
        String name,
        String method,
        ImmutableList<TensorSpec> inputs,
        ImmutableList<TensorSpec> outputs) {}

    /**
     * An input or an output.
     *
     * @param shape -1 for any size
     */
    public record TensorSpec(String name, String dtype, ImmutableList<Long> shape) {}

    /** A layer of a functional model. */
    public record LayerInfo(String name, String className) {}

    /**
     * A variable.
     *
     * @param path under what the artefact has it
     * @param dtype as numpy calls it
     */
    public record VariableInfo(String path, String dtype, ImmutableList<Long> shape) {
      /** Number of its values. */
      public long values() {
        return shape.stream().reduce(1L, (left, right) -> left * right);
      }
    }

    /**
     * An optimizer.
     *
     * @param name its class, where the artefact says so
     * @param step finished steps, where the artefact says so
     * @param slots number of its variables of the size of the model's
     */
    public record OptimizerInfo(Optional<String> name, Optional<Long> step, int slots) {}

    /** Number of all variables' values. */
    public long values() {
      return variables.stream().mapToLong(VariableInfo::values).sum();
    }
  }
}
