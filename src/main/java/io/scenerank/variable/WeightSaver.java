package io.scenerank.variable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.train.Restore;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * Ops that save variables to a TensorFlow checkpoint (a tensor bundle) and restore them. The
 * checkpoint holds every part under its own name: it does not show that tables are fused.
 */
public final class WeightSaver {
  private final Operand<TString> filename;
  private final Operand<TString> saved;
  private final SaveRestore ops;
  private final List<Operand<TFloat32>> restoredValues = new ArrayList<>();
  private final List<Op> assignments = new ArrayList<>();

  /** Adds the ops, all of them below a scope {@code save}. */
  public WeightSaver(Ops ops, List<Weight> weights) {
    this(weights, ops.withSubScope("save"));
  }

  private WeightSaver(List<Weight> weights, Ops tf) {
    this(tf, weights, filename(tf));
  }

  private WeightSaver(Ops tf, List<Weight> weights, Operand<TString> filename) {
    this(tf, weights, filename, filename);
  }

  /**
   * @param savedTo prefix of the checkpoint that is written
   * @param restoredFrom prefix of the checkpoint that is read
   */
  WeightSaver(
      Ops tf, List<Weight> weights, Operand<TString> savedTo, Operand<TString> restoredFrom) {
    List<Weight.Part> parts = new ArrayList<>();
    List<Operand<?>> values = new ArrayList<>();
    for (Weight weight : weights) {
      parts.addAll(weight.parts());
      weight.parts().forEach(part -> values.add(rowsOf(tf, weight, part)));
    }
    String[] names = parts.stream().map(Weight.Part::path).toArray(String[]::new);
    String[] wholes = parts.stream().map(part -> "").toArray(String[]::new);
    Operand<TString> tensorNames = tf.array(names);
    Operand<TString> slices = tf.array(wholes);
    this.filename = savedTo;
    Op save = tf.train.save(savedTo, tensorNames, slices, values);
    this.saved = tf.withControlDependencies(save).withName("saved").identity(filename);
    Restore restored =
        tf.train.restore(
            restoredFrom,
            tensorNames,
            slices,
            parts.stream().<Class<? extends TType>>map(part -> TFloat32.class).toList());
    int next = 0;
    for (Weight weight : weights) {
      List<Operand<TFloat32>> rows = new ArrayList<>();
      for (Weight.Part part : weight.parts()) {
        Operand<TFloat32> value = restored.tensors().get(next++).asOutput().expect(TFloat32.class);
        // A variable takes any shape that is assigned to it, so what is restored is checked first.
        // The error shows the op's name: the variable's, without the slashes that withName refuses.
        String name = OpNames.ascii(part.path().replace('/', '.'));
        rows.add(tf.withName(name).ensureShape(value, part.shape()));
      }
      Operand<TFloat32> value = Shapes.concat(tf, rows, 0);
      restoredValues.add(value);
      assignments.add(weight.rows().assign(tf, value));
    }
    this.ops =
        new SaveRestore(
            filename, save, tf.withControlDependencies(assignments).withName("restore_all").noOp());
  }

  private static Operand<TString> filename(Ops tf) {
    return tf.withName("filename").placeholder(TString.class, Placeholder.shape(Shape.scalar()));
  }

  private static Operand<TFloat32> rowsOf(Ops tf, Weight weight, Weight.Part part) {
    if (weight.parts().size() == 1) {
      return weight.value();
    }
    return tf.slice(
        weight.value(),
        tf.constant(new long[] {part.rowOffset(), 0}),
        tf.constant(part.shape().asArray()));
  }

  /** The op that saves. */
  Op save() {
    return ops.save();
  }

  /** The op that restores. */
  Op restore() {
    return ops.restore();
  }

  /** Writes {@code prefix.index} and {@code prefix.data-…}. */
  public void save(Session session, Path prefix) {
    ops.save(session, prefix);
  }

  /** Reads what {@link #save} wrote, under the same names and in the same shapes. */
  public void restore(Session session, Path prefix) {
    ops.restore(session, prefix);
  }

  /** The value that a restore gives the variable number {@code index}. */
  public Operand<TFloat32> restoredValue(int index) {
    return restoredValues.get(index);
  }

  /** The op that gives the variable number {@code index} its restored value. */
  public Op assignment(int index) {
    return assignments.get(index);
  }

  /** How a SavedModel names these ops. */
  public SaverDef toSaverDef() {
    return SaverDef.newBuilder()
        .setFilenameTensorName(filename.op().name() + ":0")
        .setSaveTensorName(saved.op().name() + ":0")
        .setRestoreOpName(ops.restore().op().name())
        .setVersion(SaverDef.CheckpointFormatVersion.V2)
        .build();
  }
}
