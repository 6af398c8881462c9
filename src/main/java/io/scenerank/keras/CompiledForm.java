package io.scenerank.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Ascii;
import io.scenerank.config.ConfigMapper;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.util.List;
import java.util.Optional;

/**
 * How Keras 3 compiles a model that was trained here, as {@code compile_config} says it; what
 * differs between the outputs is the model's to add.
 */
final class CompiledForm {
  private CompiledForm() {}

  /**
   * The settings; absent where Keras has no optimizer that trains on with the state.
   *
   * @param state with the state of the optimizer
   */
  static Optional<ObjectNode> of(TrainingConfig training, TrainedState state) {
    Optional<KerasOptimizer> keras = keras(training, state);
    Optional<String> name =
        keras
            .map(KerasOptimizer::className)
            .or(() -> state.adam().map(adam -> "Adam"))
            .or(() -> Optional.of("SGD").filter(sgd -> training.optimizer() == OptimizerType.SGD));
    if (name.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode config = new ConfigMapper().newObject();
    ObjectNode optimizer = config.putObject("optimizer");
    optimizer.put("module", "keras.optimizers");
    optimizer.put("class_name", name.get());
    ObjectNode settings = optimizer.putObject("config");
    keras.ifPresentOrElse(
        given -> settings.setAll(given.config()),
        () -> settings.put("name", Ascii.toLowerCase(name.get())));
    limit(settings, "global_clipnorm", training.globalClipnorm());
    limit(settings, "clipvalue", training.clipvalue());
    if (keras.map(KerasOptimizer::hasRateVariable).orElse(true)) {
      settings.put("learning_rate", training.learningRate());
    }
    optimizer.putNull("registered_name");
    for (String unset : List.of("metrics", "weighted_metrics")) {
      config.putNull(unset);
    }
    config.put("run_eagerly", false).put("steps_per_execution", 1).put("jit_compile", false);
    return Optional.of(config);
  }

  private static void limit(ObjectNode settings, String key, float limit) {
    settings.remove(key);
    if (limit > 0) {
      settings.put(key, Double.parseDouble(Float.toString(limit)));
    }
  }

  /** The optimizer of Keras whose state goes along; absent where there is none. */
  static Optional<KerasOptimizer> keras(TrainingConfig training, TrainedState state) {
    return !state.slots().isEmpty() && training.optimizer() instanceof KerasOptimizer optimizer
        ? Optional.of(optimizer)
        : Optional.empty();
  }
}
