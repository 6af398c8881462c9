package io.scenerank.variable;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Reads and writes variables by the names that they have outside the graph. */
public final class WeightAccess {
  private final List<Weight> weights;
  private final Map<Weight, Assignment> assignments = new LinkedHashMap<>();
  private final RowAccess rows;

  private record Assignment(Placeholder<TFloat32> value, Op assign) {}

  /** Adds the ops that write the variables. */
  public WeightAccess(Ops tf, List<Weight> weights) {
    this.weights = List.copyOf(weights);
    this.rows = new RowAccess(tf, weights);
    for (Weight weight : weights) {
      Placeholder<TFloat32> value =
          tf.placeholder(TFloat32.class, Placeholder.shape(weight.shape()));
      assignments.put(weight, new Assignment(value, weight.rows().assign(tf, value)));
    }
  }

  /**
   * Writes every variable.
   *
   * @param values the value of each part, of the part's shape
   * @throws IllegalArgumentException if one is missing or of another shape
   */
  public void assign(Session session, Map<String, FloatTensor> values) {
    // One run: each other set of feeds costs a session the whole graph's preparation.
    Session.Runner runner = session.runner();
    List<TFloat32> tensors = new ArrayList<>();
    try {
      for (Weight weight : weights) {
        TFloat32 tensor = whole(weight, values).toTensor();
        tensors.add(tensor);
        Assignment assignment = requireNonNull(assignments.get(weight), weight.path());
        runner.feed(assignment.value(), tensor).addTarget(assignment.assign());
      }
      if (!weights.isEmpty()) {
        runner.run().close();
      }
    } finally {
      tensors.forEach(TFloat32::close);
    }
  }

  /**
   * Writes rows of a table.
   *
   * @param path its name
   * @param numbers of the rows, each once, [n]
   * @param values one row behind the other, [n · D]
   * @throws IllegalArgumentException if there is no such table
   */
  public void assignRows(Session session, String path, int[] numbers, float[] values) {
    rows.assign(session, path, numbers, values);
  }

  /** The parts of a variable, one below the other. */
  private static FloatTensor whole(Weight weight, Map<String, FloatTensor> values) {
    float[] whole = new float[Math.toIntExact(weight.shape().size())];
    int position = 0;
    for (Weight.Part part : weight.parts()) {
      FloatTensor value = values.get(part.path());
      if (value == null || !value.shape().equals(part.shape())) {
        throw new IllegalArgumentException(
            String.format(
                "variable %s: found %s, expected the shape %s",
                part.path(), value == null ? "nothing" : value.shape(), part.shape()));
      }
      System.arraycopy(value.values(), 0, whole, position, value.values().length);
      position += value.values().length;
    }
    return new FloatTensor(weight.shape(), whole);
  }

  /** The value of every part of every variable. */
  public ImmutableMap<String, FloatTensor> read(Session session) {
    if (weights.isEmpty()) {
      return ImmutableMap.of();
    }
    Session.Runner runner = session.runner();
    weights.forEach(weight -> runner.fetch(weight.value()));
    ImmutableMap.Builder<String, FloatTensor> values = ImmutableMap.builder();
    try (Result result = runner.run()) {
      for (int i = 0; i < weights.size(); i++) {
        values.putAll(parts(weights.get(i), FloatTensor.of((TFloat32) result.get(i))));
      }
    }
    return values.buildOrThrow();
  }

  /** Cuts a tensor of a variable's shape, its gradient for instance, into the variable's parts. */
  public static ImmutableMap<String, FloatTensor> parts(Weight weight, FloatTensor whole) {
    ImmutableMap.Builder<String, FloatTensor> values = ImmutableMap.builder();
    int position = 0;
    for (Weight.Part part : weight.parts()) {
      Shape shape = part.shape();
      int end = position + Math.toIntExact(shape.size());
      values.put(
          part.path(), new FloatTensor(shape, Arrays.copyOfRange(whole.values(), position, end)));
      position = end;
    }
    return values.buildOrThrow();
  }
}
