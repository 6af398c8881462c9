package io.scenerank.train.optimizer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.variable.FloatTensor;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * An optimizer of Keras with all of its options, as a model is compiled with it. Tables are updated
 * densely; of a row that a batch looks up several times, Keras 3 adds up the squares of the
 * gradients, and Keras 2 squares their sum.
 */
public final class KerasOptimizer implements OptimizerFactory {
  /** Nadam's product of its momenta, a variable of the optimizer itself. */
  public static final String U_PRODUCT = "optimizer/u_product";

  static final String NADAM = "Nadam";
  static final String LAMB = "Lamb";
  static final String MUON = "Muon";
  static final String WEIGHT_DECAY = "weight_decay";

  private static final String GENERATION = "generation";

  private static final ImmutableMap<String, Double> MOMENTS =
      ImmutableMap.of("learning_rate", 0.001, "beta_1", 0.9, "beta_2", 0.999, "epsilon", 1e-7);

  private static final ImmutableMap<String, ImmutableMap<String, Double>> DEFAULTS =
      ImmutableMap.<String, ImmutableMap<String, Double>>builder()
          .put("Adam", MOMENTS)
          .put(
              "AdamW",
              ImmutableMap.<String, Double>builder()
                  .putAll(MOMENTS)
                  .put(WEIGHT_DECAY, 0.004)
                  .buildOrThrow())
          .put(NADAM, MOMENTS)
          .put("Adamax", MOMENTS)
          .put(LAMB, MOMENTS)
          .put("Lion", ImmutableMap.of("learning_rate", 0.001, "beta_1", 0.9, "beta_2", 0.99))
          .put(
              MUON,
              ImmutableMap.<String, Double>builder()
                  .put("learning_rate", 0.001)
                  .put("adam_beta_1", 0.9)
                  .put("adam_beta_2", 0.999)
                  .put("adam_weight_decay", 0.004)
                  .put(WEIGHT_DECAY, 0.004)
                  .put("epsilon", 1e-7)
                  .put("muon_a", 3.4445)
                  .put("muon_b", -4.7750)
                  .put("muon_c", 2.0315)
                  .put("adam_lr_ratio", 1.0)
                  .put("momentum", 0.95)
                  .put("ns_steps", 5.0)
                  .put("rms_rate", 0.2)
                  .buildOrThrow())
          .put("SGD", ImmutableMap.of("learning_rate", 0.01))
          .put("RMSprop", ImmutableMap.of("learning_rate", 0.001, "rho", 0.9, "epsilon", 1e-7))
          .put("Adadelta", ImmutableMap.of("learning_rate", 0.001, "rho", 0.95, "epsilon", 1e-7))
          .put(
              "Adagrad",
              ImmutableMap.of(
                  "learning_rate", 0.001, "initial_accumulator_value", 0.1, "epsilon", 1e-7))
          .put(
              "Ftrl",
              ImmutableMap.of(
                  "learning_rate",
                  0.001,
                  "learning_rate_power",
                  -0.5,
                  "initial_accumulator_value",
                  0.1))
          .buildOrThrow();

  /** Options that are not computed unless they are off. */
  private static final ImmutableSet<String> REFUSED = ImmutableSet.of("loss_scale_factor");

  private final String className;
  private final KerasRules.Kind kind;
  private final KerasOptions options;
  private final KerasSchedule schedule;
  private final int generation;

  private KerasOptimizer(
      String className,
      KerasRules.Kind kind,
      KerasOptions options,
      KerasSchedule schedule,
      int generation) {
    this.generation = generation;
    this.className = className;
    this.kind = kind;
    this.options = options;
    this.schedule = schedule;
  }

  /**
   * Reads an optimizer. One inside a {@code LossScaleOptimizer} is read as it is: the scale is a
   * power of two, which changes nothing in float32.
   *
   * @param json {@code class_name} and {@code config}, or a name
   * @param generation of Keras, 2 or 3
   * @param where how messages call the place
   * @throws InvalidInputException if there is no such optimizer here, or it is given what is not
   *     computed
   */
  public static KerasOptimizer read(JsonNode json, int generation, String where) {
    String given = json.isTextual() ? json.textValue() : json.path("class_name").asText();
    String bare = given.substring(Math.max(given.lastIndexOf('>'), given.lastIndexOf('.')) + 1);
    if (bare.matches("LossScaleOptimizer(V\\d)?")) {
      return read(json.path("config").path("inner_optimizer"), generation, where);
    }
    Optional<String> name =
        KerasRules.KINDS.keySet().stream().filter(bare::equalsIgnoreCase).findFirst();
    if (name.isEmpty()) {
      throw new InvalidInputException(
          where
              + ": the optimizer '"
              + given
              + "' is unknown"
              + SpellingHint.hint(bare, KerasRules.KINDS.keySet()));
    }
    ImmutableMap<String, Double> defaults = DEFAULTS.getOrDefault(name.get(), ImmutableMap.of());
    KerasOptions options =
        new KerasOptions(json.path("config"), defaults, where + ": " + name.get());
    for (String refused : REFUSED) {
      if (options.has(refused) && !options.json().path(refused).toString().equals("false")) {
        throw new InvalidInputException(
            options.where()
                + ": "
                + refused
                + " is "
                + options.json().path(refused)
                + ", which is not computed");
      }
    }
    if (generation == 2 && name.get().equals(NADAM)) {
      // Its product of momenta grows with each variable that it updates in a graph.
      throw new InvalidInputException(options.where() + " of Keras 2 is not computed");
    }
    if (options.has(KerasUpdates.ACCUMULATION)
        && (options.has("global_clipnorm") || options.has("clipvalue"))) {
      throw new InvalidInputException(
          options.where() + ": gradients that are accumulated are clipped by clipnorm alone");
    }
    return new KerasOptimizer(
        name.get(),
        requireNonNull(KerasRules.KINDS.get(name.get()), name.get()),
        options,
        KerasSchedule.read(
            options.json().path("learning_rate"),
            defaults.getOrDefault("learning_rate", 0.001),
            options.where()),
        generation);
  }

  /** Reads what {@link #key} wrote. */
  public static KerasOptimizer parse(JsonNode json, String where) {
    return read(json, json.path(GENERATION).asInt(3), where);
  }

  /** The optimizer as Keras' JSON in one line, which configurations hold. */
  @Override
  public String key() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("class_name", className);
    json.put(GENERATION, generation);
    return new ConfigMapper().toPython(json.set("config", options.json()));
  }

  /** Its settings as Keras writes them. */
  public ObjectNode config() {
    return options.json() instanceof ObjectNode given
        ? given.deepCopy()
        : JsonNodeFactory.instance.objectNode();
  }

  /** Its name in Keras' files. */
  public String name() {
    return options.json().path("name").asText(className.toLowerCase(Locale.ROOT));
  }

  /** Name of Keras' class. */
  public String className() {
    return className;
  }

  @Override
  public boolean byRows() {
    return false;
  }

  @Override
  public boolean byLookUps() {
    return true;
  }

  /** Whether the learning rate is a number, which Keras 3 keeps among the optimizer's variables. */
  public boolean hasRateVariable() {
    return generation == 3 && schedule.isFixed();
  }

  /** Whether it has a variable of its own next to the slots, the last in Keras' files. */
  public boolean hasProduct() {
    return className.equals(NADAM);
  }

  /**
   * Names of the slots as Keras' files have them: the groups follow each other; in a group, all
   * slots of the first variable come first.
   */
  public ImmutableList<ImmutableList<String>> slots() {
    ImmutableList.Builder<ImmutableList<String>> groups = ImmutableList.builder();
    if (averages()) {
      groups.add(ImmutableList.of(KerasUpdates.AVERAGE));
    }
    if (options.has(KerasUpdates.ACCUMULATION)) {
      groups.add(ImmutableList.of(KerasUpdates.ACCUMULATED));
    }
    return groups.addAll(kind.layout().groups(options)).build();
  }

  /**
   * Whether a variable has a slot.
   *
   * @param kerasPath the variable's path in Keras
   */
  public boolean hasSlot(String slot, String kerasPath, Shape shape) {
    boolean second = className.equals(MUON) && slot.equals(AdamState.V);
    return !second || KerasMuon.usesAdam(options, kerasPath, shape);
  }

  /** Whether it keeps moving averages of the variables. */
  public boolean averages() {
    return options.flag("use_ema");
  }

  /** Path of the moving average of a variable. */
  public static String averageOf(String path) {
    return OptimizerContext.slotPath(KerasUpdates.AVERAGE, path);
  }

  /**
   * What variables are once a training has ended: their moving averages, where it keeps some.
   *
   * @param values of the model's variables by their paths
   * @param slots values of the optimizer's
   */
  public ImmutableMap<String, FloatTensor> finished(
      ImmutableMap<String, FloatTensor> values, ImmutableMap<String, FloatTensor> slots) {
    if (!averages()) {
      return values;
    }
    ImmutableMap.Builder<String, FloatTensor> finished = ImmutableMap.builder();
    values.forEach(
        (path, value) -> {
          FloatTensor average = slots.get(averageOf(path));
          finished.put(path, average == null ? value : average);
        });
    return finished.buildOrThrow();
  }

  /**
   * The learning rate of a step.
   *
   * @param step its number, scalar, from 1
   */
  public Operand<TFloat32> learningRate(Ops tf, Operand<TFloat32> step) {
    return schedule.rate(tf, tf.math.sub(step, tf.constant(1f)));
  }

  /** How gradients are clipped. */
  public StepUpdates.Rule rule() {
    return new StepUpdates.Rule(
        this,
        options.number("clipnorm") > 0 ? 0f : (float) options.number("global_clipnorm"),
        (float) options.number("clipvalue"));
  }

  @Override
  public Optimizer create(OptimizerContext context) {
    return new KerasUpdates(context, kind.rule(), options, className, generation == 2);
  }
}
