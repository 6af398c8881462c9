package io.scenerank.train.optimizer;

import com.google.common.collect.ImmutableList;
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

  private final OptimizerContext context;
  private final KerasRules.Rule rule;
  private final KerasOptions options;
  private final KerasRules.Step step;
  private final Optional<Operand<TBool>> updates;
  private final boolean sumsLookUps;
  private final List<Op> own = new ArrayList<>();

  /**
   * @param hasProduct whether it keeps Nadam's product of momenta
   * @param sumsLookUps whether the gradients of a row that is looked up several times are summed up
   *     before the optimizer takes them, as in Keras 2
   */
  KerasUpdates(
      OptimizerContext context,
      KerasRules.Rule rule,
      KerasOptions options,
      boolean hasProduct,
      boolean sumsLookUps) {
    this.sumsLookUps = sumsLookUps;
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
    Operand<TFloat32> product = hasProduct ? product(number) : tf.constant(1f);
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
    return apply(weight, shard, KerasGradient.dense(context.tf(), gradient));
  }

  @Override
  public Op applyRows(Weight table, int shard, Operand<TInt32> rows, Operand<TFloat32> gradient) {
    long size = table.shards().get(shard).shape().get(0);
    KerasGradient lookUps = new KerasGradient(context.tf(), Optional.of(rows), gradient, size);
    return apply(table, shard, lookUps);
  }

  private Op apply(Weight weight, int shard, KerasGradient given) {
    Ops tf = context.tf();
    Operand<TFloat32> old = tf.readVariableOp(weight.shards().get(shard).handle(), TFloat32.class);
    SlotUpdates slots = new SlotUpdates(context, weight, shard, updates);
    KerasGradient gradient = updates.isPresent() ? accumulated(given, slots) : given;
    float clipnorm = (float) options.number("clipnorm");
    KerasGradient clipped = clipnorm > 0 ? gradient.clipped(clipnorm) : gradient;
    // What Keras 3 multiplies by the factor of global_clipnorm becomes dense, and all in Keras 2.
    boolean dense = sumsLookUps || options.number("global_clipnorm") > 0;
    Operand<TFloat32> next =
        rule.next(
            step, decayed(old), dense ? KerasGradient.dense(tf, clipped.sum()) : clipped, slots);
    List<Op> before = new ArrayList<>(slots.ops());
    before.addAll(own);
    return tf.withControlDependencies(before)
        .assignVariableOp(weight.shards().get(shard).handle(), chosen(next, old));
  }

  /** The mean of the gradients since the last update, dense. */
  private KerasGradient accumulated(KerasGradient gradient, SlotUpdates slots) {
    Ops tf = context.tf();
    Operand<TFloat32> sum = tf.math.add(slots.read(ACCUMULATED), gradient.sum());
    slots.writeAlways(ACCUMULATED, chosen(tf.math.mul(sum, tf.constant(0f)), sum));
    Operand<TFloat32> every = tf.constant((float) options.number(ACCUMULATION));
    return KerasGradient.dense(tf, tf.math.div(sum, every));
  }

  private Operand<TFloat32> decayed(Operand<TFloat32> value) {
    double decay = options.number("weight_decay");
    if (decay == 0) {
      return value;
    }
    Ops tf = context.tf();
    return tf.math.sub(
        value, tf.math.mul(tf.math.mul(value, tf.constant((float) decay)), context.learningRate()));
  }
}
