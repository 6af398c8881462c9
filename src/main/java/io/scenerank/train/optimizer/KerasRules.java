package io.scenerank.train.optimizer;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;

/**
 * The steps of Keras' optimizers. Source: {@code update_step} of the classes of {@code
 * keras.optimizers}.
 */
final class KerasRules {
  private static final String MOMENTUM = "momentum";
  private static final String VELOCITY = "velocity";
  private static final String ACCUMULATOR = "accumulator";

  /** The optimizers by the names of their classes. */
  static final ImmutableMap<String, Kind> KINDS =
      ImmutableMap.<String, Kind>builder()
          .put("Adam", new Kind(KerasRules::adam, KerasRules::adamSlots))
          .put("AdamW", new Kind(KerasRules::adam, KerasRules::adamSlots))
          .put("Nadam", new Kind(KerasRules::nadam, KerasRules::adamSlots))
          .put("Adamax", new Kind(KerasRules::adamax, options -> together(AdamState.M, "norm")))
          .put("Lamb", new Kind(KerasRules::lamb, KerasRules::adamSlots))
          .put("SGD", new Kind(KerasRules::sgd, KerasRules::sgdSlots))
          .put("RMSprop", new Kind(KerasRules::rmsprop, KerasRules::rmspropSlots))
          .put("Adagrad", new Kind(KerasRules::adagrad, options -> together(ACCUMULATOR)))
          .put(
              "Adadelta",
              new Kind(
                  KerasRules::adadelta,
                  options -> together("accumulated_grad", "accumulated_delta_var")))
          .put("Ftrl", new Kind(KerasRules::ftrl, options -> together(ACCUMULATOR, "linear")))
          .put("Lion", new Kind(KerasRules::lion, options -> together(AdamState.M)))
          .put("Muon", new Kind(KerasMuon::next, options -> together(AdamState.M, AdamState.V)))
          .buildOrThrow();

  private KerasRules() {}

  /** The next value of a variable. */
  interface Rule {
    Operand<TFloat32> next(
        Step step, Operand<TFloat32> value, KerasGradient gradient, SlotUpdates slots);
  }

  /** The order of the slots in Keras' files. */
  interface Layout {
    /** Names of slots, in groups: the variables of a group are together, by variable. */
    ImmutableList<ImmutableList<String>> groups(KerasOptions options);
  }

  /** An optimizer. */
  record Kind(Rule rule, Layout layout) {}

  /**
   * Where a step is.
   *
   * @param number of the step, from 1
   * @param uProduct Nadam's product of its momenta up to this step
   */
  record Step(
      Ops tf,
      KerasOptions options,
      Operand<TFloat32> rate,
      Operand<TFloat32> number,
      Operand<TFloat32> uProduct) {
    Operand<TFloat32> num(double value) {
      return tf.constant((float) value);
    }

    /** The same step with another learning rate. */
    Step withRate(Operand<TFloat32> other) {
      return new Step(tf, options, other, number, uProduct);
    }

    /** {@code 1 - beta^number}. */
    Operand<TFloat32> correction(String beta) {
      return tf.math.sub(num(1), tf.math.pow(num(options.number(beta)), number));
    }

    Operand<TFloat32> epsilon() {
      return num(options.number("epsilon"));
    }
  }

  private static ImmutableList<ImmutableList<String>> together(String... names) {
    return ImmutableList.of(ImmutableList.copyOf(names));
  }

  private static ImmutableList<ImmutableList<String>> adamSlots(KerasOptions options) {
    ImmutableList<String> moments = ImmutableList.of(AdamState.M, AdamState.V);
    return options.flag("amsgrad")
        ? ImmutableList.of(moments, ImmutableList.of("velocity_hat"))
        : ImmutableList.of(moments);
  }

  private static ImmutableList<ImmutableList<String>> sgdSlots(KerasOptions options) {
    return options.number(MOMENTUM) == 0 ? ImmutableList.of() : together(MOMENTUM);
  }

  private static ImmutableList<ImmutableList<String>> rmspropSlots(KerasOptions options) {
    ImmutableList.Builder<ImmutableList<String>> groups = ImmutableList.builder();
    groups.add(ImmutableList.of(VELOCITY));
    if (options.number(MOMENTUM) > 0) {
      groups.add(ImmutableList.of(MOMENTUM));
    }
    if (options.flag("centered")) {
      groups.add(ImmutableList.of("average_gradient"));
    }
    return groups.build();
  }

  private static Operand<TFloat32> adam(
      Step step, Operand<TFloat32> value, KerasGradient gradient, SlotUpdates slots) {
    return adam(step, value, gradient, slots, "");
  }

  /**
   * Adam's step.
   *
   * @param prefix of the names of the options beta_1 and beta_2
   */
  static Operand<TFloat32> adam(
      Step step,
      Operand<TFloat32> value,
      KerasGradient gradient,
      SlotUpdates slots,
      String prefix) {
    Ops tf = step.tf();
    String beta1 = prefix + "beta_1";
    String beta2 = prefix + "beta_2";
    Operand<TFloat32> alpha =
        tf.math.div(
            tf.math.mul(step.rate(), tf.math.sqrt(step.correction(beta2))), step.correction(beta1));
    Operand<TFloat32> m = slots.decay(AdamState.M, gradient.sum(), step.options().number(beta1));
    Operand<TFloat32> v =
        slots.decay(AdamState.V, gradient.squares(), step.options().number(beta2));
    if (step.options().flag("amsgrad")) {
      v = slots.write("velocity_hat", tf.math.maximum(slots.read("velocity_hat"), v));
    }
    return tf.math.sub(
        value, tf.math.div(tf.math.mul(m, alpha), tf.math.add(tf.math.sqrt(v), step.epsilon())));
  }

  /** Nadam's momentum of a step: {@code beta_1 · (1 - 0.96^number / 2)}. */
  static Operand<TFloat32> nadamMomentum(Ops tf, double beta, Operand<TFloat32> number) {
    return tf.math.mul(
        tf.constant((float) beta),
        tf.math.sub(
            tf.constant(1f),
            tf.math.mul(tf.constant(0.5f), tf.math.pow(tf.constant(0.96f), number))));
  }

  private static Operand<TFloat32> nadam(
      Step step, Operand<TFloat32> value, KerasGradient gradient, SlotUpdates slots) {
    Ops tf = step.tf();
    double beta = step.options().number("beta_1");
    Operand<TFloat32> one = step.num(1);
    Operand<TFloat32> momentum = nadamMomentum(tf, beta, step.number());
    Operand<TFloat32> nextMomentum = nadamMomentum(tf, beta, tf.math.add(step.number(), one));
    Operand<TFloat32> nextProduct = tf.math.mul(step.uProduct(), nextMomentum);
    Operand<TFloat32> m = slots.decay(AdamState.M, gradient.sum(), beta);
    Operand<TFloat32> v =
        slots.decay(AdamState.V, gradient.squares(), step.options().number("beta_2"));
    Operand<TFloat32> mHat =
        tf.math.add(
            tf.math.div(tf.math.mul(nextMomentum, m), tf.math.sub(one, nextProduct)),
            tf.math.div(
                tf.math.mul(tf.math.sub(one, momentum), gradient.sum()),
                tf.math.sub(one, step.uProduct())));
    Operand<TFloat32> vHat = tf.math.div(v, step.correction("beta_2"));
    return tf.math.sub(
        value,
        tf.math.div(
            tf.math.mul(mHat, step.rate()), tf.math.add(tf.math.sqrt(vHat), step.epsilon())));
  }

  private static Operand<TFloat32> adamax(
      Step step, Operand<TFloat32> value, KerasGradient gradient, SlotUpdates slots) {
    Ops tf = step.tf();
    Operand<TFloat32> m = slots.decay(AdamState.M, gradient.sum(), step.options().number("beta_1"));
    Operand<TFloat32> decayed =
        tf.math.mul(step.num(step.options().number("beta_2")), slots.read("norm"));
    Operand<TFloat32> norm = slots.write("norm", tf.math.maximum(decayed, gradient.absolutes()));
    return tf.math.sub(
        value,
        tf.math.div(
            tf.math.mul(step.rate(), m),
            tf.math.mul(step.correction("beta_1"), tf.math.add(norm, step.epsilon()))));
  }

  private static Operand<TFloat32> lamb(
      Step step, Operand<TFloat32> value, KerasGradient gradient, SlotUpdates slots) {
    Ops tf = step.tf();
    Operand<TFloat32> m = slots.decay(AdamState.M, gradient.sum(), step.options().number("beta_1"));
    Operand<TFloat32> v =
        slots.decay(AdamState.V, gradient.squares(), step.options().number("beta_2"));
    Operand<TFloat32> root =
        tf.math.add(tf.math.sqrt(tf.math.div(v, step.correction("beta_2"))), step.epsilon());
    Operand<TFloat32> update = tf.math.div(tf.math.div(m, step.correction("beta_1")), root);
    Operand<TFloat32> size = norm(tf, value);
    Operand<TFloat32> updateSize = norm(tf, update);
    Operand<TFloat32> zero = step.num(0);
    Operand<TFloat32> ratio =
        tf.select(
            tf.math.logicalAnd(tf.math.greater(size, zero), tf.math.greater(updateSize, zero)),
            tf.math.div(size, updateSize),
            step.num(1));
    return tf.math.sub(value, tf.math.mul(tf.math.mul(ratio, step.rate()), update));
  }

  static Operand<TFloat32> norm(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> flat = tf.reshape(tf.math.square(x), tf.constant(new int[] {-1}));
    return tf.math.sqrt(tf.reduceSum(flat, tf.constant(0), ReduceSum.keepDims(false)));
  }

  private static Operand<TFloat32> sgd(
      Step step, Operand<TFloat32> value, KerasGradient gradient, SlotUpdates slots) {
    Ops tf = step.tf();
    Operand<TFloat32> change = tf.math.mul(gradient.sum(), step.rate());
    if (step.options().number(MOMENTUM) == 0) {
      return tf.math.sub(value, change);
    }
    Operand<TFloat32> momentum = step.num(step.options().number(MOMENTUM));
    Operand<TFloat32> m =
        slots.write(MOMENTUM, tf.math.sub(tf.math.mul(slots.read(MOMENTUM), momentum), change));
    return tf.math.add(
        value, step.options().flag("nesterov") ? tf.math.sub(tf.math.mul(m, momentum), change) : m);
  }

  /** {@code rho · slot + (1 - rho) · value}. */
  private static Operand<TFloat32> average(
      Step step, SlotUpdates slots, String name, Operand<TFloat32> value) {
    Ops tf = step.tf();
    double rho = step.options().number("rho");
    return slots.write(
        name,
        tf.math.add(
            tf.math.mul(step.num(rho), slots.read(name)), tf.math.mul(step.num(1 - rho), value)));
  }

  private static Operand<TFloat32> rmsprop(
      Step step, Operand<TFloat32> value, KerasGradient gradient, SlotUpdates slots) {
    Ops tf = step.tf();
    Operand<TFloat32> denominator = average(step, slots, VELOCITY, gradient.squares());
    if (step.options().flag("centered")) {
      Operand<TFloat32> mean = average(step, slots, "average_gradient", gradient.sum());
      denominator = tf.math.sub(denominator, tf.math.square(mean));
    }
    Operand<TFloat32> change =
        tf.math.div(
            tf.math.mul(step.rate(), gradient.sum()),
            tf.math.sqrt(tf.math.add(denominator, step.epsilon())));
    double momentum = step.options().number(MOMENTUM);
    if (momentum > 0) {
      Operand<TFloat32> carried = tf.math.mul(step.num(momentum), slots.read(MOMENTUM));
      change = slots.write(MOMENTUM, tf.math.add(carried, change));
    }
    return tf.math.sub(value, change);
  }

  private static Operand<TFloat32> adagrad(
      Step step, Operand<TFloat32> value, KerasGradient gradient, SlotUpdates slots) {
    Ops tf = step.tf();
    float initial = (float) step.options().number("initial_accumulator_value");
    Operand<TFloat32> sum =
        slots.write(ACCUMULATOR, tf.math.add(slots.read(ACCUMULATOR, initial), gradient.squares()));
    return tf.math.sub(
        value,
        tf.math.div(
            tf.math.mul(step.rate(), gradient.sum()),
            tf.math.sqrt(tf.math.add(sum, step.epsilon()))));
  }

  private static Operand<TFloat32> adadelta(
      Step step, Operand<TFloat32> value, KerasGradient gradient, SlotUpdates slots) {
    Ops tf = step.tf();
    Operand<TFloat32> before =
        tf.math.sqrt(tf.math.add(slots.read("accumulated_delta_var"), step.epsilon()));
    Operand<TFloat32> gradients = average(step, slots, "accumulated_grad", gradient.squares());
    Operand<TFloat32> factor =
        tf.math.div(before, tf.math.sqrt(tf.math.add(gradients, step.epsilon())));
    Operand<TFloat32> change = tf.math.neg(tf.math.mul(factor, gradient.sum()));
    Operand<TFloat32> squares = tf.math.mul(tf.math.square(factor), gradient.squares());
    average(step, slots, "accumulated_delta_var", squares);
    return tf.math.add(value, tf.math.mul(step.rate(), change));
  }

  private static Operand<TFloat32> ftrl(
      Step step, Operand<TFloat32> value, KerasGradient gradient, SlotUpdates slots) {
    Ops tf = step.tf();
    KerasOptions options = step.options();
    Operand<TFloat32> power = step.num(-options.number("learning_rate_power"));
    Operand<TFloat32> l2 =
        tf.math.add(
            step.num(options.number("l2_regularization_strength")),
            tf.math.div(step.num(options.number("beta")), tf.math.mul(step.num(2), step.rate())));
    Operand<TFloat32> shrunk =
        tf.math.add(
            gradient.sum(),
            tf.math.mul(
                step.num(2 * options.number("l2_shrinkage_regularization_strength")), value));
    Operand<TFloat32> old =
        slots.read(ACCUMULATOR, (float) options.number("initial_accumulator_value"));
    Operand<TFloat32> sum = slots.write(ACCUMULATOR, tf.math.add(old, gradient.squares()));
    Operand<TFloat32> sumPower = tf.math.pow(sum, power);
    Operand<TFloat32> sigma =
        tf.math.div(tf.math.sub(sumPower, tf.math.pow(old, power)), step.rate());
    Operand<TFloat32> linear =
        slots.write(
            "linear",
            tf.math.add(slots.read("linear"), tf.math.sub(shrunk, tf.math.mul(sigma, value))));
    Operand<TFloat32> quadratic =
        tf.math.add(tf.math.div(sumPower, step.rate()), tf.math.mul(step.num(2), l2));
    double l1 = options.number("l1_regularization_strength");
    Operand<TFloat32> clipped = tf.clipByValue(linear, step.num(-l1), step.num(l1));
    return tf.math.div(tf.math.sub(clipped, linear), quadratic);
  }

  private static Operand<TFloat32> lion(
      Step step, Operand<TFloat32> value, KerasGradient gradient, SlotUpdates slots) {
    Ops tf = step.tf();
    Operand<TFloat32> m = slots.read(AdamState.M);
    Operand<TFloat32> direction = mixed(step, m, gradient.sum(), "beta_1");
    slots.write(AdamState.M, mixed(step, m, gradient.sum(), "beta_2"));
    return tf.math.sub(value, tf.math.mul(step.rate(), tf.math.sign(direction)));
  }

  private static Operand<TFloat32> mixed(
      Step step, Operand<TFloat32> m, Operand<TFloat32> gradient, String beta) {
    double part = step.options().number(beta);
    return step.tf()
        .math
        .add(
            step.tf().math.mul(m, step.num(part)),
            step.tf().math.mul(gradient, step.num(1 - part)));
  }
}
