package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.train.OptimizerType;
import io.scenerank.train.TrainingConfig;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a Keras model was compiled, as settings of a training.
 *
 * @param training Keras' defaults with the source's optimizer and learning rate
 * @param isAdam whether the source's optimizer is Adam as it is here, so that its moments can be
 *     taken over
 * @param warnings what of the source is not carried over, a line each
 */
record CompiledTraining(TrainingConfig training, boolean isAdam, ImmutableList<String> warnings) {
  private static final ImmutableMap<String, OptimizerType> OPTIMIZERS =
      ImmutableMap.of(
          "Adam", OptimizerType.ADAM, "SGD", OptimizerType.SGD, "Adagrad", OptimizerType.ADAGRAD);

  /** What the settings of Adam have to be; Keras leaves out those that a version lacks. */
  private static final ImmutableMap<String, Double> ADAM =
      ImmutableMap.of("beta_1", 0.9, "beta_2", 0.999, "epsilon", 1e-7);

  /**
   * Reads {@code compile_config} of Keras 3 or {@code training_config} of Keras 2. A source that
   * does not say how it was compiled leaves Keras' defaults, with the learning rate of its
   * optimizer.
   */
  static CompiledTraining of(KerasSource source) {
    String where = source.where();
    Optional<JsonNode> found = source.compileConfig().flatMap(CompiledTraining::optimizer);
    if (found.isEmpty()) {
      float rate =
          source
              .optimizer()
              .flatMap(StoredOptimizer::learningRate)
              .map(stored -> stored.read(where).values()[0])
              .orElse(TrainingConfig.keras().learningRate());
      return new CompiledTraining(
          withOptimizer(OptimizerType.ADAM, rate), true, ImmutableList.of());
    }
    ImmutableList.Builder<String> warnings = ImmutableList.builder();
    String name = nameOf(found.get());
    OptimizerType type = OPTIMIZERS.get(name);
    JsonNode config = found.get().path("config");
    boolean adam = type == OptimizerType.ADAM && isAdamOfHere(config);
    if (type == null || (type == OptimizerType.ADAM && !adam)) {
      warnings.add(
          String.format(
              "%s: the optimizer %s %s is not carried over; training goes on with a new Adam",
              where, name, type == null ? "" : "with settings of its own"));
    }
    return new CompiledTraining(
        training(where, type == null ? OptimizerType.ADAM : type, config, warnings),
        adam,
        warnings.build());
  }

  /** Class of the optimizer; empty where the source names none. */
  static Optional<String> optimizerName(JsonNode compiled) {
    return optimizer(compiled).map(CompiledTraining::nameOf);
  }

  private static Optional<JsonNode> optimizer(JsonNode compiled) {
    return Stream.of("optimizer", "optimizer_config")
        .map(compiled::path)
        .filter(JsonNode::isObject)
        .findFirst();
  }

  /** Keras 2 names a class of one's own with its package: {@code Custom>Adam}. */
  private static String nameOf(JsonNode optimizer) {
    return optimizer.path("class_name").asText().replaceFirst(".*>", "");
  }

  private static boolean isAdamOfHere(JsonNode config) {
    boolean alike = true;
    for (Map.Entry<String, Double> setting : ADAM.entrySet()) {
      JsonNode value = config.get(setting.getKey());
      alike &=
          value == null
              || Math.abs(value.asDouble() - setting.getValue()) < 1e-6 * setting.getValue();
    }
    for (String unset : new String[] {"clipnorm", "global_clipnorm", "clipvalue", "weight_decay"}) {
      alike &= config.path(unset).isMissingNode() || config.path(unset).isNull();
    }
    // Optimizers from before TensorFlow 2.11 let the rate decay by themselves.
    alike &= config.path("decay").asDouble() == 0;
    return alike && !config.path("amsgrad").asBoolean() && !config.path("use_ema").asBoolean();
  }

  private static TrainingConfig training(
      String where, OptimizerType type, JsonNode config, ImmutableList.Builder<String> warnings) {
    TrainingConfig keras = TrainingConfig.keras();
    JsonNode rate = config.path("learning_rate");
    boolean usable = rate.isNumber() && rate.floatValue() > 0 && Float.isFinite(rate.floatValue());
    if (!usable) {
      warnings.add(
          String.format(
              "%s: the learning rate is a schedule or unknown and is not carried over; it is %s here",
              where, keras.learningRate()));
    }
    return withOptimizer(type, usable ? rate.floatValue() : keras.learningRate());
  }

  /** Keras' defaults but for the optimizer. */
  private static TrainingConfig withOptimizer(OptimizerType type, float learningRate) {
    TrainingConfig keras = TrainingConfig.keras();
    return new TrainingConfig(
        keras.epochs(),
        keras.batchSize(),
        type,
        learningRate,
        keras.schedule(),
        keras.loss(),
        keras.lossWeights(),
        keras.validationSplit(),
        keras.patience());
  }
}
