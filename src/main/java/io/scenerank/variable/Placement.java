package io.scenerank.variable;

import com.google.common.collect.ImmutableList;
import java.util.Optional;
import org.tensorflow.DeviceSpec;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

/** Decides where variables live. For one graph: the same order of variables has the same homes. */
public interface Placement {
  /**
   * The home of a variable, or one for each shard of a table that is split by rows: shard k of n
   * holds the rows k, k + n, k + 2n, …
   *
   * @param table whether the variable may be split
   */
  ImmutableList<VariableDevice> homes(Shape shape, boolean table);

  /** Every variable in one piece on the device of the graph's own ops. */
  static Placement local() {
    return (shape, table) -> ImmutableList.of(VariableDevice.LOCAL);
  }

  /** Tables split over all homes, other variables spread by size over them. */
  static Placement spread(ImmutableList<VariableDevice> homes) {
    return new SpreadPlacement(homes);
  }

  /**
   * Where a variable lives.
   *
   * @param device of another process; empty for wherever the graph's own ops run
   */
  public record VariableDevice(Optional<DeviceSpec> device) {
    /** On the device of the graph's own ops. */
    public static final VariableDevice LOCAL = new VariableDevice(Optional.empty());

    /** Whether what is read here crosses no network. */
    public boolean isLocal() {
      return device.isEmpty();
    }

    /** Ops on the variable's device. */
    public Ops on(Ops tf) {
      return device.map(tf::withDevice).orElse(tf);
    }
  }
}
