package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import io.scenerank.model.Gate;
import io.scenerank.variable.FloatTensor;

/**
 * What a gate does with some rows.
 *
 * @param name name of the gate
 * @param about what it does, in a line for people
 * @param kind how its values are to be read
 * @param parts names of its k values
 * @param values [n, k]
 */
public record GateValues(
    String name, String about, Gate.Kind kind, ImmutableList<String> parts, FloatTensor values) {

  /** One part's value of a row. */
  public float value(int row, int part) {
    return values.values()[row * parts.size() + part];
  }

  /** One part's values, [n]. */
  public float[] part(int part) {
    float[] ofPart = new float[Math.toIntExact(values.shape().get(0))];
    for (int row = 0; row < ofPart.length; row++) {
      ofPart[row] = value(row, part);
    }
    return ofPart;
  }
}
