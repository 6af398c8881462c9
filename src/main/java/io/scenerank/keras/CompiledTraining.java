package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
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

  /** Settings that no optimizer has here, with what each says where it is not used. */
  private static final ImmutableList<String> UNUSED =
      ImmutableList.of(
          "clipnorm",
          "global_clipnorm",
          "clipvalue",
          "weight_decay",
          "loss_scale_factor",
          "gradient_accumulation_steps",
          "use_ema",
          "amsgrad",
          "momentum",
          "nesterov",
          "decay");

  /**
   * Reads {@code compile_config} of Keras 3 or {@code training_config} of Keras 2. A source that
   * does not say how it was compiled leaves Keras' defaults, with the learning rate of its
   * optimizer.
   */
  static CompiledTraining of(KerasSource source) {
    Optional<JsonNode> found = source.compileConfig().flatMap(CompiledTraining::optimizer);
    return found.isPresent() ? described(source, found.get()) : undescribed(source);
  }

  /** Of weights alone: the file may name the optimizer, never its settings. */
  private static CompiledTraining undescribed(KerasSource source) {
    ImmutableList.Builder<String> warnings = ImmutableList.builder();
    boolean adam = source.optimizer().filter(StoredOptimizer::isNamedAdam).isPresent();
    source
        .optimizer()
        .filter(state -> !state.isFresh())
        .ifPresent(
            state ->
                warnings.add(
                    adam
                        ? String.format(
                            "%s: names its optimizer (%s) but not its settings; Keras' defaults are"
                                + " assumed (beta_1 0.9, beta_2 0.999, epsilon 1e-07, no clipping,"
                                + " no weight decay)",
                            source.where(), state.name().orElseThrow())
                        : notCarried(
                            source,
                            state.name().map(FunctionalFields::shown).orElse("without a name"))));
    Optional<Float> rate =
        source
            .optimizer()
            .flatMap(StoredOptimizer::learningRate)
            .map(stored -> stored.values().floats()[0])
            .or(() -> source.optimizer().map(state -> Float.NaN));
    return new CompiledTraining(
        withOptimizer(OptimizerType.ADAM, usable(source, rate, warnings)), adam, warnings.build());
  }

  private static CompiledTraining described(KerasSource source, JsonNode optimizer) {
    ImmutableList.Builder<String> warnings = ImmutableList.builder();
    String name = nameOf(optimizer);
    OptimizerType type = OPTIMIZERS.get(name);
    JsonNode config = optimizer.path("config");
    Optional<String> other = otherName(source, config);
    ImmutableList<String> settings = settings(config);
    boolean adam = type == OptimizerType.ADAM && settings.isEmpty() && other.isEmpty();
    if (other.isPresent()) {
      warnings.add(notCarried(source, FunctionalFields.shown(other.get())));
    } else if (type == null) {
      warnings.add(notCarried(source, FunctionalFields.shown(name)));
    } else if (!settings.isEmpty()) {
      warnings.add(notCarried(source, name + " with " + String.join(", ", settings)));
    } else if (!adam && source.optimizer().filter(state -> !state.isFresh()).isPresent()) {
      warnings.add(
          String.format(
              "%s: the state of the optimizer %s is not carried over; training starts with a new"
                  + " one",
              source.where(), name));
    }
    JsonNode rate = config.path("learning_rate");
    float usable =
        usable(
            source,
            rate.isNumber() ? Optional.of(rate.floatValue()) : Optional.of(Float.NaN),
            warnings);
    return new CompiledTraining(
        withOptimizer(type == null ? OptimizerType.ADAM : type, usable), adam, warnings.build());
  }

  private static String notCarried(KerasSource source, String optimizer) {
    return String.format(
        "%s: the optimizer %s is not carried over; training starts with a new one",
        source.where(), optimizer);
  }

  /** What the file calls its optimizer, where that is another than the one that was compiled. */
  private static Optional<String> otherName(KerasSource source, JsonNode config) {
    String compiled = config.path("name").asText();
    return source
        .optimizer()
        .flatMap(StoredOptimizer::name)
        .filter(name -> !compiled.isEmpty() && !name.equals(compiled));
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

  /** Settings that differ from those of the optimizers here, as {@code clipnorm 1.0}. */
  private static ImmutableList<String> settings(JsonNode config) {
    ImmutableList.Builder<String> settings = ImmutableList.builder();
    for (Map.Entry<String, Double> setting : ADAM.entrySet()) {
      JsonNode value = config.path(setting.getKey());
      boolean alike =
          !value.isNumber()
              || Math.abs(value.asDouble() - setting.getValue()) < 1e-6 * setting.getValue();
      if (!alike) {
        settings.add(shown(setting.getKey(), value));
      }
    }
    for (String key : UNUSED) {
      JsonNode value = config.path(key);
      boolean off =
          value.isMissingNode()
              || value.isNull()
              || (value.isBoolean() && !value.booleanValue())
              || (value.isNumber() && value.asDouble() == 0);
      if (!off) {
        settings.add(shown(key, value));
      }
    }
    return settings.build();
  }

  private static String shown(String key, JsonNode value) {
    return key + " " + FunctionalFields.shown(value);
  }

  /**
   * The learning rate to train on with.
   *
   * @param rate the source's, where it has one
   */
  private static float usable(
      KerasSource source, Optional<Float> rate, ImmutableList.Builder<String> warnings) {
    float fallback = TrainingConfig.keras().learningRate();
    if (rate.isEmpty() || (rate.get() > 0 && Float.isFinite(rate.get()))) {
      return rate.orElse(fallback);
    }
    warnings.add(
        String.format(
            "%s: the learning rate is %s and is not carried over; it is %s here",
            source.where(),
            rate.get().isNaN() ? "a schedule or unknown" : rate.get().toString(),
            fallback));
    return fallback;
  }

  /** Keras' defaults except for the optimizer. */
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
