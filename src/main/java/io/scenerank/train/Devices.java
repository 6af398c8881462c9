package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.TensorFlow;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;

/** Lists the devices that TensorFlow sees. The Java API has no call for it; the C API has. */
final class Devices {

  /** The devices of this process, CPU first. */
  ImmutableList<Device.Seen> list() {
    TensorFlow.version(); // loads the native library
    try (PointerScope scope = new PointerScope()) {
      TF_Status status = TF_Status.newStatus();
      scope.attach(status);
      TF_SessionOptions options = TF_SessionOptions.newSessionOptions();
      TF_Graph graph = TF_Graph.newGraph();
      TF_Session session = TF_Session.newSession(graph, options, status);
      status.throwExceptionIfNotOK();
      TF_DeviceList devices = tensorflow.TF_SessionListDevices(session, status);
      status.throwExceptionIfNotOK();
      try {
        ImmutableList.Builder<Device.Seen> entries = ImmutableList.builder();
        for (int i = 0; i < tensorflow.TF_DeviceListCount(devices); i++) {
          String name = tensorflow.TF_DeviceListName(devices, i, status).getString();
          entries.add(
              new Device.Seen(
                  name.substring(name.indexOf("/device:")),
                  tensorflow.TF_DeviceListType(devices, i, status).getString(),
                  tensorflow.TF_DeviceListMemoryBytes(devices, i, status)));
        }
        status.throwExceptionIfNotOK();
        return entries.build();
      } finally {
        tensorflow.TF_DeleteDeviceList(devices);
      }
    }
  }

  /** Says where a device's work runs, for example {@code cpu (TensorFlow sees no GPU)}. */
  String describe(Device device) {
    if (device.kind() != Device.Kind.AUTO) {
      return device.toString();
    }
    return gpus().stream().findFirst().orElse("cpu (TensorFlow sees no GPU)");
  }

  /** Whether a graph on this device runs on a GPU. */
  boolean usesGpu(Device device) {
    return switch (device.kind()) {
      case AUTO -> !gpus().isEmpty();
      case CPU -> false;
      case GPU -> true;
    };
  }

  private ImmutableList<String> gpus() {
    return list().stream()
        .filter(entry -> entry.type().equals("GPU"))
        .map(entry -> entry.name().replace("/device:GPU:", "gpu:"))
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * Checks that a device exists.
   *
   * @throws InvalidInputException naming the GPUs that there are
   */
  void require(Device device) {
    if (device.kind() != Device.Kind.GPU) {
      return;
    }
    ImmutableList<String> gpus = gpus();
    if (!gpus.contains(device.toString())) {
      throw new InvalidInputException(
          "device (--device) "
              + device
              + ": TensorFlow sees "
              + (gpus.isEmpty() ? "no GPU" : "only " + String.join(", ", gpus))
              + "; the device auto is the CPU if there is no GPU");
    }
  }
}
