package io.scenerank.variable;

import com.google.common.collect.ImmutableList;
import org.tensorflow.ndarray.Shape;

/** Tables over all homes; any other variable where the fewest values are so far. */
final class SpreadPlacement implements Placement {
  private final ImmutableList<Placement.VariableDevice> homes;
  private final long[] values;

  SpreadPlacement(ImmutableList<Placement.VariableDevice> homes) {
    this.homes = homes;
    this.values = new long[homes.size()];
  }

  @Override
  public ImmutableList<Placement.VariableDevice> homes(Shape shape, boolean table) {
    if (table) {
      return homes;
    }
    int least = 0;
    for (int i = 1; i < values.length; i++) {
      least = values[i] < values[least] ? i : least;
    }
    values[least] += shape.size();
    return ImmutableList.of(homes.get(least));
  }
}
