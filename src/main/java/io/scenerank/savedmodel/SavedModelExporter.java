package io.scenerank.savedmodel;

import io.scenerank.data.AtomicFolder;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.layer.TensorFlowErrors;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.TrainingGraph;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.proto.SavedModel;

/**
 * Writes a trained model as a SavedModel: {@code <base>/<version>/}, as TF Serving wants it.
 *
 * <p>Signatures: {@code serving_default} has one input a feature (int32 [B, 1] or [B, max_len],
 * float32 [B, dimension]) and one output a task (float32 [B, 1], the probability); {@code packed}
 * has all ids as {@code ids} [B, F] and all dense values as {@code dense} [B, G]. An id outside its
 * vocabulary fails with the feature, the row and the id. The checkpoint inside names every table
 * and kernel as Keras does; {@code assets.extra/scenerank.json} holds columns and parameters,
 * {@code assets.extra/tf_serving_warmup_requests} a request that TF Serving sends before any client
 * does.
 */
public final class SavedModelExporter {
  private final ConfigMapper mapper = new ConfigMapper();

  /**
   * Exports a model; the folder appears whole or not at all.
   *
   * @param base folder of the versions
   * @param version name of the folder, a number above 0
   * @param force whether an existing version is replaced
   * @return the folder written
   * @throws InvalidInputException if the version exists and {@code force} is false
   * @throws IOException if writing fails, for instance on a full disk
   */
  public Path export(
      ModelDefinition<?> definition, TrainingGraph trained, Path base, int version, boolean force)
      throws IOException {
    Path target = base.resolve(Integer.toString(version));
    AtomicFolder.write(target, force, temp -> write(definition, trained, temp));
    return target;
  }

  private void write(ModelDefinition<?> definition, TrainingGraph trained, Path folder)
      throws IOException {
    Path variables = Files.createDirectory(folder.resolve("variables"));
    Path extra = Files.createDirectory(folder.resolve("assets.extra"));
    try (ServingGraph serving = new ServingGraph(definition)) {
      TensorFlowErrors.writing(
          "the variables", () -> trained.saveModel(variables.resolve("variables")));
      SavedModel model =
          SavedModel.newBuilder()
              .setSavedModelSchemaVersion(1)
              .addMetaGraphs(new ServingMetaGraph(serving).toProto())
              .build();
      try (OutputStream out = Files.newOutputStream(folder.resolve("saved_model.pb"))) {
        model.writeTo(out);
      }
    }
    WarmupRequests.write(definition, extra.resolve(WarmupRequests.FILE));
    Files.writeString(extra.resolve("scenerank.json"), mapper.toJson(describe(definition)) + "\n");
  }

  private static Map<String, Object> describe(ModelDefinition<?> definition) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("model", definition.type().name());
    description.put("model_params", definition.params());
    description.put("feature_columns", definition.columns());
    return description;
  }
}
