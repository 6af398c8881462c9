package io.scenerank.variable;

import java.util.Optional;
import org.tensorflow.DeviceSpec;
import org.tensorflow.op.Ops;

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
