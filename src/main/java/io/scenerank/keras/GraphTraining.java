package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.keras.KerasModelFile.OptimizerState;
import io.scenerank.layer.base.LayerTree;
import io.scenerank.train.KerasLoss.TaskLosses;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.optimizer.AdamState;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import io.scenerank.variable.FloatTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * How a model of any layers was compiled, as settings of a training, and how far its optimizer had
 * come.
 *
 * @param training Keras' defaults with the file's optimizer, learning rate and losses
 * @param optimizer the state of the optimizer, where the file holds it
 * @param isAdam whether it is Adam with Keras' defaults
 * @param trained paths of the variables that are trained
 * @param warnings what of the file is not carried over, a line each
 */
record GraphTraining(
    TrainingConfig training,
    Optional<OptimizerState> optimizer,
    boolean isAdam,
    ImmutableSet<String> trained,
    ImmutableList<String> warnings) {
  private static final Predicate<String> IS_ADAM =
      Pattern.compile("adam(_\\d{1,9})?").asMatchPredicate();

  private static final String OPTIMIZER = "optimizer";
  private static final String CROSSENTROPY = "binary_crossentropy";

  /** Settings of Adam with which its moments here are those of Keras. */
  private static final ImmutableMap<String, Double> ADAM =
      ImmutableMap.of("beta_1", 0.9, "beta_2", 0.999, "epsilon", 1e-7);

  private static final ImmutableSet<String> OTHERWISE =
      ImmutableSet.of("amsgrad", "weight_decay", "clipnorm", "use_ema", "momentum", "nesterov");

  /**
   * Reads a file.
   *
   * @param tree of the model that was built
   * @param trained paths of the variables that are trained
   * @param tasks names of the outputs, in their order
   */
  static GraphTraining of(
      KerasModelFile file,
      LayerTree tree,
      ImmutableSet<String> trained,
      ImmutableList<String> tasks) {
    JsonNode compiled = file.compileConfig();
    ImmutableList.Builder<String> warnings = ImmutableList.builder();
    ObjectNode settings = new ConfigMapper().newObject();
    Optional<OptimizerState> state = Optional.empty();
    JsonNode outer = compiled.path(OPTIMIZER);
    if (outer.isObject() || outer.isTextual()) {
      LossScale.warning(file, outer).ifPresent(warnings::add);
      state = optimizer(file, LossScale.inner(outer), tree, trained, settings, warnings);
    } else if (file.hasOptimizerState() && file.optimizerName().filter(IS_ADAM).isPresent()) {
      warnings.add(
          String.format(
              "%s: names its optimizer (%s) but not its settings; Keras' defaults are assumed"
                  + " (beta_1 0.9, beta_2 0.999, epsilon 1e-07, no clipping, no weight decay)",
              file.where(), file.optimizerName().orElseThrow()));
      ObjectNode adam = new ConfigMapper().newObject().put("class_name", "Adam");
      adam.putObject("config");
      state = optimizer(file, adam, tree, trained, settings, warnings);
      if (state.filter(found -> found.learningRate().isEmpty()).isPresent()) {
        warnings.add(unusable(file, "a schedule or unknown"));
      }
    } else if (file.hasOptimizerState()) {
      usable(file, file.learningRate(), settings, warnings);
      warnings.add(
          String.format(
              "%s: holds the state of an optimizer%s, and nothing says of which one; training"
                  + " starts with a new Adam",
              file.where(),
              file.optimizerName().map(name -> " '" + ForeignText.shown(name) + "'").orElse("")));
    }
    losses(file, compiled, tasks, settings, warnings);
    TrainingConfig training =
        new ConfigMapper()
            .merge(
                TrainingConfig.keras(),
                TrainingConfig.class,
                settings,
                file.where() + ": training");
    boolean isAdam = training.optimizer().isAdam();
    return new GraphTraining(training, state, isAdam, trained, warnings.build());
  }

  /** What training continues with. */
  TrainedState state(ImmutableMap<String, FloatTensor> weights) {
    if (isAdam || optimizer.isEmpty()) {
      return new TrainedState(weights, optimizer.map(found -> adam(found, trained)));
    }
    OptimizerState state = optimizer.get();
    return new TrainedState(weights, Optional.empty(), state.iteration(), state.slots());
  }

  private static Optional<OptimizerState> optimizer(
      KerasModelFile file,
      JsonNode json,
      LayerTree tree,
      ImmutableSet<String> trained,
      ObjectNode settings,
      ImmutableList.Builder<String> warnings) {
    KerasOptimizer optimizer;
    try {
      optimizer = KerasOptimizer.read(json, file.generation().orElse(3), file.where());
    } catch (InvalidInputException e) {
      warnings.add(e.getMessage() + "; training starts with a new Adam");
      return Optional.empty();
    }
    JsonNode config = json.path("config");
    Optional<OptimizerState> state = file.optimizerState(optimizer, tree, trained::contains);
    rate(file, config, state, settings, warnings);
    for (String limit : ImmutableList.of("global_clipnorm", "clipvalue")) {
      if (config.path(limit).asDouble(0) > 0) {
        settings.set(limit, config.path(limit));
      }
    }
    Optional<OptimizerType> own = own(optimizer, config);
    settings.put("optimizer", own.map(OptimizerType::key).orElse(optimizer.key()));
    if (state.isEmpty() && file.hasOptimizerState()) {
      warnings.add(
          String.format(
              "%s: the state of the optimizer is not that of %s for the model's variables and is"
                  + " not carried over; training starts with a new one",
              file.where(), optimizer.className()));
    }
    return state;
  }

  /** Trains on with a stored rate, if one can train with it. */
  private static void usable(
      KerasModelFile file,
      Optional<Float> stored,
      ObjectNode settings,
      ImmutableList.Builder<String> warnings) {
    stored.ifPresent(
        rate -> {
          if (rate > 0 && Float.isFinite(rate)) {
            settings.put("learning_rate", Double.parseDouble(rate.toString()));
          } else {
            warnings.add(unusable(file, rate.toString()));
          }
        });
  }

  private static String unusable(KerasModelFile file, String rate) {
    return String.format(
        "%s: the learning rate is %s and is not carried over; it is %s here",
        file.where(), rate, TrainingConfig.keras().learningRate());
  }

  private static void rate(
      KerasModelFile file,
      JsonNode config,
      Optional<OptimizerState> state,
      ObjectNode settings,
      ImmutableList.Builder<String> warnings) {
    JsonNode given = config.path("learning_rate");
    Optional<Float> stored =
        state
            .flatMap(OptimizerState::learningRate)
            .or(() -> given.isMissingNode() ? file.learningRate() : Optional.empty());
    JsonNode first = given.path("config").path("initial_learning_rate");
    if (stored.isPresent()) {
      usable(file, stored, settings, warnings);
    } else if (given.isNumber()) {
      settings.set("learning_rate", given);
    } else if (first.isNumber() && first.doubleValue() > 0) {
      settings.set("learning_rate", first);
    }
    if (given.isObject()) {
      warnings.add(
          String.format(
              "%s: the learning rate follows the schedule %s, which is not carried over; training"
                  + " starts with its first rate",
              file.where(), given.path("class_name").asText()));
    }
  }

  /** The library's own optimizer that does what the file's does. */
  private static Optional<OptimizerType> own(KerasOptimizer optimizer, JsonNode config) {
    boolean plain =
        OTHERWISE.stream()
            .allMatch(
                key -> config.path(key).asDouble(0) == 0 && !config.path(key).asBoolean(false));
    if (!plain) {
      return Optional.empty();
    }
    return switch (optimizer.className()) {
      case "Adam" ->
          ADAM.entrySet().stream().allMatch(entry -> isNear(config, entry))
              ? Optional.of(OptimizerType.ADAM)
              : Optional.empty();
      case "SGD" -> Optional.of(OptimizerType.SGD);
      default -> Optional.empty();
    };
  }

  private static boolean isNear(JsonNode config, Map.Entry<String, Double> setting) {
    double value = config.path(setting.getKey()).asDouble(setting.getValue());
    return Math.abs(value - setting.getValue()) < 1e-6 * setting.getValue();
  }

  private static AdamState adam(OptimizerState state, ImmutableSet<String> trained) {
    ImmutableMap.Builder<String, FloatTensor> m = ImmutableMap.builder();
    ImmutableMap.Builder<String, FloatTensor> v = ImmutableMap.builder();
    for (String path : trained) {
      m.put(path, state.slot(OptimizerContext.slotPath(AdamState.M, path)));
      v.put(path, state.slot(OptimizerContext.slotPath(AdamState.V, path)));
    }
    return new AdamState(state.iteration(), m.buildOrThrow(), v.buildOrThrow());
  }

  private static void losses(
      KerasModelFile file,
      JsonNode compiled,
      ImmutableList<String> tasks,
      ObjectNode settings,
      ImmutableList.Builder<String> warnings) {
    Map<String, JsonNode> losses = byTask(compiled.path("loss"), tasks);
    Map<String, JsonNode> weights = byTask(compiled.path("loss_weights"), tasks);
    ObjectNode given = settings.putObject("loss_weights");
    weights.forEach(
        (task, weight) -> {
          if (weight.isNumber()) {
            given.set(task, weight);
          }
        });
    boolean standard =
        losses.values().stream().allMatch(GraphTraining::isPlainCrossentropy)
            && losses.size() == tasks.size();
    if (losses.isEmpty() || standard) {
      return;
    }
    for (String task : tasks) {
      if (!losses.containsKey(task)) {
        warnings.add(file.where() + ": output '" + task + "' has no loss; it is not trained");
        losses.put(task, TextNode.valueOf("mean_squared_error"));
        given.put(task, 0);
      }
    }
    try {
      settings.put("loss", TaskLosses.of(losses, file.where()).key());
    } catch (InvalidInputException e) {
      warnings.add(e.getMessage() + "; training takes binary_crossentropy");
    }
  }

  private static boolean isPlainCrossentropy(JsonNode loss) {
    return loss.asText().equals(CROSSENTROPY)
        || loss.path("config").asText().equals(CROSSENTROPY)
        || (loss.path("class_name").asText().equals("BinaryCrossentropy")
            && !loss.path("config").path("from_logits").asBoolean(false)
            && loss.path("config").path("label_smoothing").asDouble(0) == 0);
  }

  /** What Keras is given for all outputs, as a list in their order, or by their names. */
  private static Map<String, JsonNode> byTask(JsonNode json, List<String> tasks) {
    Map<String, JsonNode> found = new LinkedHashMap<>();
    boolean one = json.isTextual() || json.isNumber() || json.has("class_name");
    for (int i = 0; i < tasks.size(); i++) {
      JsonNode value = one ? json : json.isArray() ? json.path(i) : json.path(tasks.get(i));
      if (!value.isMissingNode() && !value.isNull()) {
        found.put(tasks.get(i), value);
      }
    }
    return found;
  }
}
