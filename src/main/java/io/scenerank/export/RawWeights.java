package io.scenerank.export;

import java.util.regex.Pattern;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** Texts with a weight behind a value, as {@code tag:0.3}, in the ops of a graph. */
final class RawWeights {
  private static final String NUMBER = "\\s*\\+?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*";

  private final Ops tf;
  private final String mark;

  /**
   * @param delimiter between a value and its weight; the last one counts
   */
  RawWeights(Ops tf, String delimiter) {
    this.tf = tf;
    this.mark = Pattern.quote(delimiter);
  }

  /**
   * The values.
   *
   * @param texts [N]
   */
  Operand<TString> values(Operand<TString> texts) {
    return part(texts, "(?s)(.*)" + mark + ".*");
  }

  /**
   * The weights, NaN where a text has none of 0 or more, which is an error once it is read.
   *
   * @param texts [N]
   */
  Operand<TFloat32> weights(Operand<TString> texts) {
    Operand<TString> numbers = part(texts, "(?s).*" + mark + "(.*)");
    Operand<TBool> weighted =
        tf.math.logicalAnd(
            tf.strings.regexFullMatch(texts, tf.constant("(?s).*" + mark + ".*")),
            tf.strings.regexFullMatch(numbers, tf.constant(NUMBER)));
    Operand<TFloat32> parsed = tf.strings.toNumber(tf.select(weighted, numbers, tf.constant("0")));
    return tf.select(weighted, parsed, tf.constant(Float.NaN));
  }

  private Operand<TString> part(Operand<TString> texts, String pattern) {
    return tf.strings.regexReplace(texts, tf.constant("^" + pattern + "$"), tf.constant("\\1"));
  }
}
