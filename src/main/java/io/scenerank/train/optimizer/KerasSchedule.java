package io.scenerank.train.optimizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The learning rate of a Keras optimizer: a number, or a function of the number of finished steps.
 * Source: {@code keras.optimizers.schedules}.
 */
final class KerasSchedule {
  /** A schedule. */
  private interface Form {
    Operand<TFloat32> rate(Ops tf, KerasOptions options, Operand<TFloat32> finished);
  }

  private static final ImmutableMap<String, Form> FORMS =
      ImmutableMap.of(
          "ExponentialDecay", KerasSchedule::exponential,
          "InverseTimeDecay", KerasSchedule::inverseTime,
          "PolynomialDecay", KerasSchedule::polynomial,
          "CosineDecay", KerasSchedule::cosine,
          "CosineDecayRestarts", KerasSchedule::cosineRestarts,
          "PiecewiseConstantDecay", KerasSchedule::piecewise);

  private static final ImmutableMap<String, Double> DEFAULTS =
      ImmutableMap.of("end_learning_rate", 1e-4, "power", 1.0, "t_mul", 2.0, "m_mul", 1.0);

  private final Form form;
  private final KerasOptions options;
  private final boolean fixed;

  private KerasSchedule(Form form, KerasOptions options, boolean fixed) {
    this.form = form;
    this.options = options;
    this.fixed = fixed;
  }

  /**
   * Reads {@code learning_rate} of an optimizer.
   *
   * @param standard where it is not given
   * @throws InvalidInputException if it is neither a number nor a schedule of Keras
   */
  static KerasSchedule read(JsonNode json, double standard, String where) {
    if (!json.isObject()) {
      boolean given = json.isNumber();
      if (!given && !json.isMissingNode() && !json.isNull()) {
        throw new InvalidInputException(
            where + ": learning_rate is " + json + ", expected a number or a schedule");
      }
      float rate = (float) (given ? json.doubleValue() : standard);
      KerasOptions none = new KerasOptions(json, ImmutableMap.of(), where);
      return new KerasSchedule((tf, options, finished) -> tf.constant(rate), none, true);
    }
    String className = json.path("class_name").asText();
    String name = className.substring(className.lastIndexOf('>') + 1);
    Form form = FORMS.get(name);
    if (form == null) {
      throw new InvalidInputException(
          where
              + ": the schedule '"
              + className
              + "' is unknown"
              + SpellingHint.hint(name, FORMS.keySet()));
    }
    return new KerasSchedule(
        form, new KerasOptions(json.path("config"), DEFAULTS, where + ": " + name), false);
  }

  /** Whether it is a number, which Keras keeps as a variable. */
  boolean isFixed() {
    return fixed;
  }

  /**
   * The rate of a step.
   *
   * @param finished number of steps before it, scalar
   */
  Operand<TFloat32> rate(Ops tf, Operand<TFloat32> finished) {
    return form.rate(tf, options, finished);
  }

  private static Operand<TFloat32> num(Ops tf, KerasOptions options, String name) {
    return tf.constant((float) options.number(name));
  }

  private static Operand<TFloat32> periods(
      Ops tf, KerasOptions options, Operand<TFloat32> finished) {
    Operand<TFloat32> periods = tf.math.div(finished, num(tf, options, "decay_steps"));
    return options.flag("staircase") ? tf.math.floor(periods) : periods;
  }

  private static Operand<TFloat32> exponential(
      Ops tf, KerasOptions options, Operand<TFloat32> finished) {
    return tf.math.mul(
        num(tf, options, "initial_learning_rate"),
        tf.math.pow(num(tf, options, "decay_rate"), periods(tf, options, finished)));
  }

  private static Operand<TFloat32> inverseTime(
      Ops tf, KerasOptions options, Operand<TFloat32> finished) {
    return tf.math.div(
        num(tf, options, "initial_learning_rate"),
        tf.math.add(
            tf.constant(1f),
            tf.math.mul(num(tf, options, "decay_rate"), periods(tf, options, finished))));
  }

  private static Operand<TFloat32> polynomial(
      Ops tf, KerasOptions options, Operand<TFloat32> finished) {
    Operand<TFloat32> steps = num(tf, options, "decay_steps");
    Operand<TFloat32> at = finished;
    if (options.flag("cycle")) {
      Operand<TFloat32> cycles =
          tf.math.maximum(tf.math.ceil(tf.math.div(finished, steps)), tf.constant(1f));
      steps = tf.math.mul(steps, cycles);
    } else {
      at = tf.math.minimum(finished, steps);
    }
    float end = (float) options.number("end_learning_rate");
    Operand<TFloat32> range =
        tf.math.sub(num(tf, options, "initial_learning_rate"), tf.constant(end));
    Operand<TFloat32> rest = tf.math.sub(tf.constant(1f), tf.math.div(at, steps));
    return tf.math.add(
        tf.math.mul(range, tf.math.pow(rest, num(tf, options, "power"))), tf.constant(end));
  }

  private static Operand<TFloat32> wave(
      Ops tf, KerasOptions options, Operand<TFloat32> fraction, Operand<TFloat32> height) {
    Operand<TFloat32> wave =
        tf.math.mul(
            tf.math.mul(tf.constant(0.5f), height),
            tf.math.add(
                tf.constant(1f), tf.math.cos(tf.math.mul(tf.constant((float) Math.PI), fraction))));
    double alpha = options.number("alpha");
    return tf.math.add(
        tf.math.mul(tf.constant((float) (1 - alpha)), wave), tf.constant((float) alpha));
  }

  private static Operand<TFloat32> cosine(
      Ops tf, KerasOptions options, Operand<TFloat32> finished) {
    Operand<TFloat32> steps = num(tf, options, "decay_steps");
    Operand<TFloat32> initial = num(tf, options, "initial_learning_rate");
    if (!options.has("warmup_target")) {
      Operand<TFloat32> fraction = tf.math.div(tf.math.minimum(finished, steps), steps);
      return tf.math.mul(initial, wave(tf, options, fraction, tf.constant(1f)));
    }
    Operand<TFloat32> warmup = num(tf, options, "warmup_steps");
    Operand<TFloat32> target = num(tf, options, "warmup_target");
    Operand<TFloat32> at = tf.math.minimum(finished, tf.math.add(steps, warmup));
    Operand<TFloat32> rising =
        tf.math.add(tf.math.mul(tf.math.sub(target, initial), tf.math.div(at, warmup)), initial);
    Operand<TFloat32> fraction = tf.math.div(tf.math.sub(at, warmup), steps);
    Operand<TFloat32> falling = tf.math.mul(target, wave(tf, options, fraction, tf.constant(1f)));
    return tf.select(tf.math.less(at, warmup), rising, falling);
  }

  private static Operand<TFloat32> cosineRestarts(
      Ops tf, KerasOptions options, Operand<TFloat32> finished) {
    Operand<TFloat32> fraction = tf.math.div(finished, num(tf, options, "first_decay_steps"));
    Operand<TFloat32> growth = num(tf, options, "t_mul");
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> restart;
    if (options.number("t_mul") == 1) {
      restart = tf.math.floor(fraction);
      fraction = tf.math.sub(fraction, restart);
    } else {
      Operand<TFloat32> inside = tf.math.sub(one, tf.math.mul(fraction, tf.math.sub(one, growth)));
      restart = tf.math.floor(tf.math.div(tf.math.log(inside), tf.math.log(growth)));
      Operand<TFloat32> scale = tf.math.pow(growth, restart);
      Operand<TFloat32> before = tf.math.div(tf.math.sub(one, scale), tf.math.sub(one, growth));
      fraction = tf.math.div(tf.math.sub(fraction, before), scale);
    }
    Operand<TFloat32> height = tf.math.pow(num(tf, options, "m_mul"), restart);
    return tf.math.mul(
        num(tf, options, "initial_learning_rate"), wave(tf, options, fraction, height));
  }

  private static Operand<TFloat32> piecewise(
      Ops tf, KerasOptions options, Operand<TFloat32> finished) {
    List<Float> boundaries = floats(options, "boundaries");
    List<Float> values = floats(options, "values");
    if (values.size() != boundaries.size() + 1) {
      throw new InvalidInputException(
          options.where()
              + ": "
              + values.size()
              + " values for "
              + boundaries.size()
              + " boundaries, expected one more");
    }
    Operand<TFloat32> rate = tf.constant(values.get(values.size() - 1));
    for (int i = boundaries.size() - 1; i >= 0; i--) {
      rate =
          tf.select(
              tf.math.lessEqual(finished, tf.constant(boundaries.get(i))),
              tf.constant(values.get(i)),
              rate);
    }
    return rate;
  }

  private static List<Float> floats(KerasOptions options, String name) {
    List<Float> values = new ArrayList<>();
    options.json().path(name).forEach(value -> values.add((float) value.asDouble()));
    return values;
  }
}
