package io.scenerank.train;

import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.variable.SessionOptions;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.DeviceSpec;
import org.tensorflow.DeviceSpec.DeviceType;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/**
 * Where a graph runs.
 *
 * @param kind auto takes the first GPU where there is one
 * @param index number of the GPU
 */
@PublicApi
public record Device(Kind kind, int index) {
  private static final Pattern GPU = Pattern.compile("gpu(?::(\\d{1,4}))?");

  /** The kinds of {@code --device}. */
  public enum Kind {
    AUTO,
    CPU,
    GPU
  }

  /** The default: the first GPU where there is one, else the CPU. */
  public static Device auto() {
    return new Device(Kind.AUTO, 0);
  }

  /**
   * Parses {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}.
   *
   * @throws InvalidInputException on anything else
   */
  public static Device parse(String text) {
    Matcher gpu = GPU.matcher(text);
    if (gpu.matches()) {
      return new Device(Kind.GPU, gpu.group(1) == null ? 0 : Integer.parseInt(gpu.group(1)));
    }
    return switch (text) {
      case "auto" -> auto();
      case "cpu" -> new Device(Kind.CPU, 0);
      default ->
          throw new InvalidInputException(
              "device (--device) '" + text + "' is unknown; expected auto, cpu or gpu:N");
    };
  }

  /**
   * A device that TensorFlow sees.
   *
   * @param name for example {@code /device:GPU:0}
   * @param type {@code CPU} or {@code GPU}
   * @param memoryBytes memory that TensorFlow may use there
   */
  public record Seen(String name, String type, long memoryBytes) {}

  /** The devices that TensorFlow sees in this process, CPU first. */
  public static ImmutableList<Seen> all() {
    return new Devices().list();
  }

  /** Says where the work of this device runs, for example {@code cpu (TensorFlow sees no GPU)}. */
  public String describe() {
    return new Devices().describe(this);
  }

  /** Whether a graph on this device runs on a GPU. */
  public boolean usesGpu() {
    return new Devices().usesGpu(this);
  }

  /**
   * Checks that this device exists.
   *
   * @throws InvalidInputException naming the GPUs that there are
   */
  public void requireSeen() {
    new Devices().require(this);
  }

  /** Ops that are placed on this device. */
  public Ops place(Ops tf) {
    return spec().map(tf::withDevice).orElse(tf);
  }

  private Optional<DeviceSpec> spec() {
    return switch (kind) {
      case AUTO -> Optional.empty(); // TensorFlow's own placement prefers a GPU
      case CPU -> Optional.of(spec(DeviceType.CPU));
      case GPU -> Optional.of(spec(DeviceType.GPU));
    };
  }

  private DeviceSpec spec(DeviceType type) {
    return DeviceSpec.newBuilder().deviceType(type).deviceIndex(index).build();
  }

  /**
   * Options of a session on this device: soft placement (an op without a GPU kernel runs on the
   * CPU), GPU memory that grows as needed.
   *
   * @param asked threads of each op and of the executor; 0 for one a core that this process may use
   */
  public ConfigProto sessionConfig(int asked) {
    int threads = SessionOptions.threads(asked);
    ConfigProto.Builder config =
        ConfigProto.newBuilder()
            .setAllowSoftPlacement(true)
            .setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true))
            .setGraphOptions(SessionOptions.graphOptions())
            .setIntraOpParallelismThreads(threads)
            .setInterOpParallelismThreads(threads);
    if (kind == Kind.CPU) {
      config.putDeviceCount("GPU", 0);
    }
    return config.build();
  }

  @Override
  public String toString() {
    return kind == Kind.GPU ? "gpu:" + index : kind.name().toLowerCase(Locale.ROOT);
  }
}
