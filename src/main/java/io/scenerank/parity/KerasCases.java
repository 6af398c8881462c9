package io.scenerank.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.keras.Hdf5;
import io.scenerank.keras.StoredVariable;
import io.scenerank.variable.FloatTensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What was recorded of a Keras model: {@code cases.h5}, as {@code record.py} writes it.
 *
 * @param path the file
 * @param inputs by input
 * @param outputs by output
 * @param targets by output
 * @param gradients by the variable's path in Keras
 * @param gradientLoss the loss that was differentiated
 * @param losses of training steps
 * @param outputsAfter outputs after these steps
 * @param lossNames losses by output, as JSON
 * @param lossWeights by output; null where all are 1
 * @param optimizer the optimizer's class and config, as JSON
 */
record KerasCases(
    Path path,
    ImmutableMap<String, StoredVariable> inputs,
    ImmutableMap<String, FloatTensor> outputs,
    ImmutableMap<String, FloatTensor> targets,
    ImmutableMap<String, FloatTensor> gradients,
    Optional<FloatTensor> gradientLoss,
    Optional<FloatTensor> losses,
    ImmutableMap<String, FloatTensor> outputsAfter,
    JsonNode lossNames,
    JsonNode lossWeights,
    JsonNode optimizer) {

  /**
   * Reads a file whole.
   *
   * @throws io.scenerank.config.InvalidInputException naming the file if it is damaged
   */
  static KerasCases read(Path path) {
    try (Hdf5 file = Hdf5.open(path, path.toString())) {
      ImmutableMap.Builder<String, StoredVariable> inputs = ImmutableMap.builder();
      file.arrays("inputs").forEach((name, value) -> inputs.put(name, value.loaded()));
      return new KerasCases(
          path,
          inputs.buildOrThrow(),
          floats(file, "outputs"),
          floats(file, "targets"),
          floats(file, "grads"),
          Optional.ofNullable(floats(file, "").get("grad_loss")),
          Optional.ofNullable(floats(file, "").get("losses")),
          floats(file, "outputs_after_5_steps"),
          json(file, "losses"),
          json(file, "loss_weights"),
          json(file, "optimizer"));
    }
  }

  private static ImmutableMap<String, FloatTensor> floats(Hdf5 file, String group) {
    ImmutableMap.Builder<String, FloatTensor> values = ImmutableMap.builder();
    for (Map.Entry<String, StoredVariable> entry : file.arrays(group).entrySet()) {
      boolean wanted = !group.isEmpty() || !entry.getKey().contains("/");
      if (wanted) {
        values.put(entry.getKey(), TextNumbers.of(entry.getValue()));
      }
    }
    return values.buildOrThrow();
  }

  private static JsonNode json(Hdf5 file, String attribute) {
    return new ConfigMapper()
        .parsePython(file.text("", attribute).orElse("null"), "attribute " + attribute);
  }
}
