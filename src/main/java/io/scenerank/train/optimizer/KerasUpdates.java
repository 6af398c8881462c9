package io.scenerank.train.optimizer;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.train.optimizer.Optimizer.OptimizerContext;
import io.scenerank.variable.Initializer;
import io.scenerank.variable.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The updates of a Keras optimizer in one graph. */
final class KerasUpdates implements Optimizer {
  /** The option that says over how many steps gradients are summed up before they are used. */
  static final String ACCUMULATION = "gradient_accumulation_steps";

  /** The slot of these sums. */
  static final String ACCUMULATED = "gradient_accumulator";

  /** The slot of the variables' moving averages. */
  static final String AVERAGE = "average";

  private final OptimizerContext context;
  private final KerasRules.Rule rule;
  private final KerasOptions options;
  private final KerasRules.Step step;
  private final Optional<Operand<TBool>> updates;
  private final String className;
  private final boolean sumsLookUps;
  private final List<Op> own = new ArrayList<>();

  /**
   * @param className Keras'
   * @param sumsLookUps whether the gradients of a row that is looked up several times are summed up
   *     before the optimizer takes them, as in Keras 2
   */
  KerasUpdates(
      OptimizerContext context,
      KerasRules.Rule rule,
      KerasOptions options,
      String className,
      boolean sumsLookUps) {
    this.sumsLookUps = sumsLookUps;
    this.className = className;
    this.context = context;
    this.rule = rule;
    this.options = options;
    Ops tf = context.tf();
    Operand<TFloat32> number = context.step();
    if (options.has(ACCUMULATION)) {
      Operand<TFloat32> every = tf.constant((float) options.number(ACCUMULATION));
      Operand<TFloat32> one = tf.constant(1f);
      this.updates = Optional.of(tf.math.equal(tf.math.floorMod(number, every), tf.constant(0f)));
      number = tf.math.add(tf.math.floor(tf.math.div(tf.math.sub(number, one), every)), one);
    } else {
      this.updates = Optional.empty();
    }
    Operand<TFloat32> product =
        className.equals(KerasOptimizer.NADAM) ? product(number) : tf.constant(1f);
    this.step = new KerasRules.Step(tf, options, context.learningRate(), number, product);
  }

  private Operand<TFloat32> product(Operand<TFloat32> number) {
    Ops tf = context.tf();
    String path = KerasOptimizer.U_PRODUCT;
    Weight.Part part = new Weight.Part(path, Shape.scalar(), 0, Initializer.constant(1f));
    Weight product =
        context
            .slots()
            .find(path)
            .orElseGet(
                () -> context.slots().add(path, Shape.scalar(), ImmutableList.of(part), 0f, false));
    Operand<TFloat32> old = tf.readVariableOp(product.handle(), TFloat32.class);
    Operand<TFloat32> momentum = KerasRules.nadamMomentum(tf, options.number("beta_1"), number);
    Operand<TFloat32> next = tf.math.mul(old, momentum);
    own.add(tf.assignVariableOp(product.handle(), chosen(next, old)));
    return next;
  }

  /** A new value where this step updates, else the old one. */
  private Operand<TFloat32> chosen(Operand<TFloat32> next, Operand<TFloat32> old) {
    return updates.isPresent() ? context.tf().select(updates.get(), next, old) : next;
  }

  @Override
  public Op apply(Weight weight, int shard, Operand<TFloat32> gradient) {
    return apply(weight, shard, KerasGradient.dense(context.tf(), gradient), true);
  }

  @Override
  public Op applyPlain(Weight weight, Operand<TFloat32> gradient) {
    return apply(weight, 0, KerasGradient.dense(context.tf(), gradient), false);
  }

  @Override
  public Op applyRows(Weight table, int shard, Operand<TInt32> rows, Operand<TFloat32> gradient) {
    long size = table.shards().get(shard).shape().get(0);
    KerasGradient lookUps = new KerasGradient(context.tf(), Optional.of(rows), gradient, size);
    return apply(table, shard, lookUps, true);
  }

  /**
   * @param ofModel whether the variable is decayed and its gradient clipped
   */
  private Op apply(Weight weight, int shard, KerasGradient given, boolean ofModel) {
    Ops tf = context.tf();
    // Behind the forward pass: a layer may change a variable there.
    Operand<TFloat32> old =
        tf.withControlDependencies(given.values())
            .readVariableOp(weight.shards().get(shard).handle(), TFloat32.class);
    SlotUpdates slots = new SlotUpdates(context, weight, shard, updates);
    KerasGradient gradient = updates.isPresent() ? accumulated(given, slots) : given;
    Operand<TFloat32> next;
    if (ofModel) {
      next =
          isOfWholeVariables()
              ? byTables(weight, old, gradient, slots)
              : next(old, gradient, slots);
    } else {
      next = ruled(old, gradient, slots);
    }
    Operand<TFloat32> written = averaged(old, chosen(next, old), slots);
    List<Op> before = new ArrayList<>(slots.ops());
    before.addAll(own);
    return tf.withControlDependencies(before)
        .assignVariableOp(weight.shards().get(shard).handle(), written);
  }

  /** Whether a value of a variable depends on the variable's other values. */
  private boolean isOfWholeVariables() {
    return className.equals(KerasOptimizer.LAMB)
        || className.equals(KerasOptimizer.MUON)
        || options.number("clipnorm") > 0;
  }

  /** Each of the tables that share a variable is a variable of its own in Keras. */
  private Operand<TFloat32> byTables(
      Weight weight, Operand<TFloat32> old, KerasGradient gradient, SlotUpdates slots) {
    if (weight.shards().size() > 1) {
      throw new InvalidInputException(
          options.where()
              + ": clipnorm, Lamb and Muon are not computed for tables that are split over several"
              + " machines ('"
              + weight.path()
              + "')");
    }
    if (weight.parts().size() == 1) {
      return next(old, gradient, slots);
    }
    Ops tf = context.tf();
    List<SlotUpdates> tables = new ArrayList<>();
    List<Operand<TFloat32>> values = new ArrayList<>();
    for (Weight.Part part : weight.parts()) {
      SlotUpdates table = slots.of(part);
      tables.add(table);
      values.add(next(SlotUpdates.rows(tf, old, part), gradient.of(part), table));
    }
    slots.join(tables);
    return tf.concat(values, tf.constant(0));
  }

  private Operand<TFloat32> next(Operand<TFloat32> old, KerasGradient gradient, SlotUpdates slots) {
    float clipnorm = (float) options.number("clipnorm");
    KerasGradient clipped = clipnorm > 0 ? gradient.clipped(clipnorm) : gradient;
    return ruled(decayed(old, slots), clipped, slots);
  }

  private Operand<TFloat32> ruled(
      Operand<TFloat32> old, KerasGradient gradient, SlotUpdates slots) {
    // What Keras 3 multiplies by the factor of global_clipnorm becomes dense, and all in Keras 2.
    boolean dense = sumsLookUps || options.number("global_clipnorm") > 0;
    return rule.next(
        step, old, dense ? KerasGradient.dense(context.tf(), gradient.sum()) : gradient, slots);
  }

  /**
   * What a variable becomes: its new value, or its moving average in the steps that overwrite it.
   */
  private Operand<TFloat32> averaged(
      Operand<TFloat32> old, Operand<TFloat32> next, SlotUpdates slots) {
    if (!options.flag("use_ema")) {
      return next;
    }
    Ops tf = context.tf();
    // With sums of gradients, Keras counts the updates here, too, though each step has an average.
    Operand<TFloat32> number = step.number();
    Operand<TFloat32> momentum = tf.constant((float) options.number("ema_momentum"));
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TBool> first = tf.math.equal(number, one);
    // The first average is the variable: in Keras 3 behind the first step, in Keras 2 before it.
    Operand<TFloat32> before = tf.select(first, sumsLookUps ? old : next, slots.read(AVERAGE));
    Operand<TFloat32> average =
        tf.math.add(tf.math.mul(momentum, before), tf.math.mul(tf.math.sub(one, momentum), next));
    Operand<TFloat32> kept = sumsLookUps ? average : tf.select(first, next, average);
    slots.writeAlways(AVERAGE, kept);
    double every = options.number("ema_overwrite_frequency");
    if (every == 0) {
      return next;
    }
    Operand<TFloat32> rest = tf.math.floorMod(number, tf.constant((float) every));
    return tf.select(tf.math.equal(rest, tf.constant(0f)), kept, next);
  }

  /** The mean of the gradients since the last update, dense. */
  private KerasGradient accumulated(KerasGradient gradient, SlotUpdates slots) {
    Ops tf = context.tf();
    Operand<TFloat32> sum = tf.math.add(slots.read(ACCUMULATED), gradient.sum());
    slots.writeAlways(ACCUMULATED, chosen(tf.math.mul(sum, tf.constant(0f)), sum));
    Operand<TFloat32> every = tf.constant((float) options.number(ACCUMULATION));
    return KerasGradient.dense(tf, tf.math.div(sum, every));
  }

  private Operand<TFloat32> decayed(Operand<TFloat32> value, SlotUpdates slots) {
    double decay =
        className.equals(KerasOptimizer.MUON)
            ? KerasMuon.decay(options, slots.kerasPath(), value.shape()).orElse(0.0)
            : options.number(KerasOptimizer.WEIGHT_DECAY);
    if (decay == 0) {
      return value;
    }
    Ops tf = context.tf();
    return tf.math.sub(
        value, tf.math.mul(tf.math.mul(value, tf.constant((float) decay)), context.learningRate()));
  }
}
