package io.scenerank.testing;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.Placement;
import java.util.Optional;
import org.tensorflow.DeviceSpec;
import org.tensorflow.DeviceSpec.DeviceType;

/** Homes of variables within this process, which a graph takes for as many other devices. */
public final class Homes {
  /** Names of the one CPU, each with more of what the others leave out. */
  private static final ImmutableList<Placement.VariableDevice> ALL =
      ImmutableList.of(
          home(DeviceSpec.newBuilder().deviceType(DeviceType.CPU)),
          home(DeviceSpec.newBuilder().deviceType(DeviceType.CPU).deviceIndex(0)),
          home(DeviceSpec.newBuilder().task(0).deviceType(DeviceType.CPU).deviceIndex(0)),
          home(DeviceSpec.newBuilder().job("localhost").deviceType(DeviceType.CPU)),
          home(
              DeviceSpec.newBuilder()
                  .job("localhost")
                  .replica(0)
                  .task(0)
                  .deviceType(DeviceType.CPU)
                  .deviceIndex(0)));

  private Homes() {}

  private static Placement.VariableDevice home(DeviceSpec.Builder device) {
    return new Placement.VariableDevice(Optional.of(device.build()));
  }

  /** The first of them, at most 5. */
  public static ImmutableList<Placement.VariableDevice> of(int count) {
    return ALL.subList(0, count);
  }

  /** Tables split over so many of them. */
  public static Placement spread(int shards) {
    return Placement.spread(of(shards));
  }
}
