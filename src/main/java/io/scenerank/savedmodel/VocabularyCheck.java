package io.scenerank.savedmodel;

import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
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

/**
 * Stops an exported graph at an id outside its vocabulary. Tables are fused, so such an id would
 * read a neighbour's row; the graph fails instead, with the feature, the row and the id in the
 * message.
 *
 * <p>The message is put together only when there is something to say: its ops lie on the dead side
 * of a switch otherwise.
 */
final class VocabularyCheck {
  private static final String SCOPE = "vocabulary_check";

  private final Graph graph;
  private final Ops tf;
  private final PackedLayout layout;

  VocabularyCheck(Graph graph, Ops ops, PackedLayout layout) {
    this.graph = graph;
    this.tf = ops.withSubScope(SCOPE);
    this.layout = layout;
  }

  /** Whether a node of this name is one of the check's. */
  static boolean isPart(String nodeName) {
    return nodeName.startsWith(SCOPE + "/");
  }

  /**
   * @param ids [B, F]
   * @return the same ids, once they are known to be inside their vocabularies
   */
  Operand<TInt32> call(Operand<TInt32> ids) {
    Operand<TBool> inside =
        tf.math.logicalAnd(
            tf.math.greaterEqual(ids, tf.constant(0)),
            tf.math.less(ids, tf.constant(layout.idLimits()))); // [B, F]
    Operand<TBool> valid = tf.reduceAll(inside, tf.constant(new int[] {0, 1}));
    Operation onValid = switchOn(valid, valid, "on_valid");
    Operand<TBool> invalid = onValid.<TBool>output(0);
    Operand<TInt32> wrongIds = switchOn(ids, valid, "wrong_ids").<TInt32>output(0);
    Operand<TBool> wrongInside = switchOn(inside, valid, "wrong_inside").<TBool>output(0);
    Op failure = tf.assertThat(invalid, List.<Operand<?>>of(message(wrongIds, wrongInside)));
    Operand<TBool> failed = tf.withControlDependencies(failure).identity(invalid);
    Operation merge =
        tf.scope()
            .apply(graph.opBuilder("Merge", name("merge"), tf.scope()))
            .addInputList(new Output<?>[] {failed.asOutput(), onValid.<TBool>output(1)})
            .build();
    return tf.withControlDependencyOps(merge).identity(ids);
  }

  /** "feature 'user_id', row 3: id 1000 is outside [0, 1000)" of the first wrong id. */
  private Operand<TString> message(Operand<TInt32> ids, Operand<TBool> inside) {
    int width = layout.idWidth();
    Operand<TInt32> all = tf.constant(new int[] {-1});
    Operand<TInt32> first =
        tf.math.argMin(
            tf.dtypes.cast(tf.reshape(inside, all), TInt32.class), tf.constant(0), TInt32.class);
    Operand<TInt32> position = tf.math.mod(first, tf.constant(width));
    String[] names = new String[width];
    for (int i = 0; i < width; i++) {
      FeatureColumn column = layout.columnAtId(i);
      names[i] = column.name();
    }
    return tf.strings.join(
        List.of(
            tf.constant("feature '"),
            tf.gather(tf.array(names), position, tf.constant(0)),
            tf.constant("', row "),
            tf.dtypes.asString(tf.math.div(first, tf.constant(width))),
            tf.constant(": id "),
            tf.dtypes.asString(tf.gather(tf.reshape(ids, all), first, tf.constant(0))),
            tf.constant(" is outside [0, "),
            tf.dtypes.asString(tf.gather(tf.constant(layout.idLimits()), position, tf.constant(0))),
            tf.constant(")")));
  }

  /** TensorFlow's Switch, which Java's Ops leave out: output 0 lives on false, output 1 on true. */
  private Operation switchOn(Operand<?> data, Operand<TBool> predicate, String name) {
    return tf.scope()
        .apply(graph.opBuilder("Switch", name(name), tf.scope()))
        .addInput(data.asOutput())
        .addInput(predicate.asOutput())
        .build();
  }

  private String name(String name) {
    return tf.scope().makeOpName(name);
  }
}
