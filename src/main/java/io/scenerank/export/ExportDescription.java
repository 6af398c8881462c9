package io.scenerank.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.model.ModelDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What an export says of itself, besides what any SavedModel says. */
public final class ExportDescription {
  private static final String FINGERPRINT = "fingerprint";

  private ExportDescription() {}

  static void write(Path folder, ModelDefinition<?> definition, EncodingFingerprint fingerprint)
      throws IOException {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("model", definition.type().name());
    description.put("model_params", definition.params());
    description.put("feature_columns", definition.columns());
    if (!fingerprint.isEmpty()) {
      description.put(FINGERPRINT, fingerprint.only(definition.columns()));
    }
    Files.writeString(
        folder.resolve(SavedModelExporter.DESCRIPTION),
        new ConfigMapper().toJson(description) + "\n");
  }

  /**
   * Reads of which columns and parameters an exported model is: {@code model}, {@code model_params}
   * and {@code feature_columns}.
   *
   * @param savedModel the folder of a SavedModel
   * @return empty for a SavedModel of another program
   * @throws io.scenerank.config.InvalidInputException if the description is damaged
   */
  public static Optional<JsonNode> model(Path savedModel) {
    Path file = savedModel.resolve(SavedModelExporter.DESCRIPTION);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    JsonNode description = new ConfigMapper().readTree(file);
    if (description instanceof ObjectNode object) {
      object.remove(FINGERPRINT);
    }
    return Optional.of(description);
  }

  /**
   * Reads how the data was encoded that an exported model was trained on.
   *
   * @param savedModel the folder of a SavedModel
   * @return empty for a SavedModel of another program
   * @throws io.scenerank.config.InvalidInputException if the description is damaged
   */
  public static EncodingFingerprint fingerprint(Path savedModel) {
    Path file = savedModel.resolve(SavedModelExporter.DESCRIPTION);
    if (!Files.isRegularFile(file)) {
      return EncodingFingerprint.NONE;
    }
    ConfigMapper mapper = new ConfigMapper();
    JsonNode fingerprint = mapper.readTree(file).path(FINGERPRINT);
    return fingerprint.isMissingNode()
        ? EncodingFingerprint.NONE
        : mapper.convert(fingerprint, EncodingFingerprint.class, file + ": " + FINGERPRINT);
  }
}
