package io.scenerank.export;

import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * Stops an exported graph at a value that must not be there, with the feature, the row and what is
 * wrong in the message.
 *
 * <p>The message is put together only when there is something to say: its ops lie on the dead side
 * of a switch otherwise.
 */
final class RowAssertion {
  private final Graph graph;
  private final Ops tf;
  private final String[] features;

  /**
   * @param features the feature at each position of a row
   */
  RowAssertion(Graph graph, Ops tf, List<String> features) {
    this.graph = graph;
    this.tf = tf;
    this.features = features.toArray(new String[0]);
  }

  /** Says what is wrong with a value. */
  @FunctionalInterface
  interface Problem {
    /**
     * What the message says of a value.
     *
     * @param value the wrong value as text, a scalar
     * @param position its place in the row, a scalar
     * @return texts that are joined
     */
    List<Operand<TString>> text(Operand<TString> value, Operand<TInt32> position);
  }

  /**
   * Fails the call where a value must not be there.
   *
   * @param values [B, F]
   * @param good [B, F], whether each value may be there
   * @return the same values, once all are known to be good
   */
  <T extends TType> Operand<T> require(Operand<T> values, Operand<TBool> good, Problem problem) {
    Operand<TBool> valid = tf.reduceAll(good, tf.constant(new int[] {0, 1}));
    Operation onValid = switchOn(valid, valid, "on_valid");
    Operand<TBool> invalid = onValid.<TBool>output(0);
    Operand<T> wrongValues = switchOn(values, valid, "wrong_values").<T>output(0);
    Operand<TBool> wrongGood = switchOn(good, valid, "wrong_good").<TBool>output(0);
    Op failure =
        tf.assertThat(invalid, List.<Operand<?>>of(message(wrongValues, wrongGood, problem)));
    Operand<TBool> failed = tf.withControlDependencies(failure).identity(invalid);
    Operation merge =
        tf.scope()
            .apply(graph.opBuilder("Merge", tf.scope().makeOpName("merge"), tf.scope()))
            .addInputList(new Output<?>[] {failed.asOutput(), onValid.<TBool>output(1)})
            .build();
    return tf.withControlDependencyOps(merge).identity(values);
  }

  /** "feature 'user_id', row 3" and the problem of the first wrong value. */
  private Operand<TString> message(
      Operand<? extends TType> values, Operand<TBool> good, Problem problem) {
    Operand<TInt32> all = tf.constant(new int[] {-1});
    Operand<TInt32> width = tf.constant(features.length);
    Operand<TInt32> first =
        tf.math.argMin(
            tf.dtypes.cast(tf.reshape(good, all), TInt32.class), tf.constant(0), TInt32.class);
    Operand<TInt32> position = tf.math.mod(first, width);
    Operand<TString> value =
        tf.dtypes.asString(tf.gather(tf.reshape(values, all), first, tf.constant(0)));
    return tf.strings.join(
        List.of(
            tf.constant("feature '"),
            tf.gather(tf.array(features), position, tf.constant(0)),
            tf.constant("', row "),
            tf.dtypes.asString(tf.math.div(first, width)),
            tf.constant(": "),
            tf.strings.join(List.copyOf(problem.text(value, position)))));
  }

  /** TensorFlow's Switch, which Java's Ops leave out: output 0 lives on false, output 1 on true. */
  private Operation switchOn(Operand<?> data, Operand<TBool> predicate, String name) {
    return tf.scope()
        .apply(graph.opBuilder("Switch", tf.scope().makeOpName(name), tf.scope()))
        .addInput(data.asOutput())
        .addInput(predicate.asOutput())
        .build();
  }
}
