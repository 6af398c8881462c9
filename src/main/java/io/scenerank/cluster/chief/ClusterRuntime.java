package io.scenerank.cluster.chief;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Streams;
import io.scenerank.cluster.ClusterSpec;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingRuntime;
import io.scenerank.variable.Placement;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.NativeHandles;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;

/**
 * Where the chief's graphs run: their own ops on the chief's CPU, variables on the parameter
 * servers.
 *
 * @param device what workers compute on
 * @param threads threads of TensorFlow; 0 for one a core
 */
record ClusterRuntime(ClusterSpec spec, Device device, int threads) implements TrainingRuntime {
  /**
   * After which an op of the chief's graph has failed, which otherwise waits for a server that is
   * cut off without an end; a checkpoint is one, ms.
   */
  private static final int LONGEST = 3_600_000;

  /** The site of a chief. */
  static ClusterRuntime of(TaskProcess chief) {
    return new ClusterRuntime(chief.cluster(), chief.device(), chief.threads());
  }

  @Override
  public Ops own(Ops tf) {
    return TaskId.chief().onCpu(tf);
  }

  /** Ops where a worker computes. */
  Ops worker(Ops tf, TaskId worker) {
    return tf.withDevice(workerDevice(worker));
  }

  /** Where a worker computes. */
  DeviceSpec workerDevice(TaskId worker) {
    DeviceSpec.Builder where =
        DeviceSpec.newBuilder().job(worker.role().job()).task(worker.index());
    return switch (device.kind()) {
      case CPU -> worker.cpu();
      case GPU -> where.deviceType(DeviceSpec.DeviceType.GPU).deviceIndex(device.index()).build();
      case AUTO -> where.build(); // TensorFlow prefers a GPU
    };
  }

  @Override
  public Placement placement() {
    return Placement.spread(
        tasks(TaskId.Role.PS).stream()
            .map(ps -> new Placement.VariableDevice(Optional.of(ps.cpu())))
            .collect(ImmutableList.toImmutableList()));
  }

  /** Every task of a role. */
  ImmutableList<TaskId> tasks(TaskId.Role role) {
    return IntStream.range(0, spec.addresses(role).size())
        .mapToObj(index -> new TaskId(role, index))
        .collect(ImmutableList.toImmutableList());
  }

  @Override
  public Session open(Graph graph) {
    return open(graph, List.of());
  }

  /** Opens a session, which the caller closes, on the parameter servers and some workers. */
  Session open(Graph graph, List<TaskId> workers) {
    return open(graph, Stream.concat(tasks(TaskId.Role.PS).stream(), workers.stream()), LONGEST);
  }

  /**
   * Opens a session, which the caller closes, on one other task alone.
   *
   * @param milliseconds after which the task counts as absent
   */
  public Session openOn(Graph graph, TaskId task, int milliseconds) {
    return open(graph, Stream.of(task), milliseconds);
  }

  private Session open(Graph graph, Stream<TaskId> others, int milliseconds) {
    return NativeHandles.open(
        graph, target(), config(others).toBuilder().setOperationTimeoutInMs(milliseconds).build());
  }

  private String target() {
    return "grpc://" + spec.chief();
  }

  private ConfigProto config(Stream<TaskId> others) {
    return device.sessionConfig(threads).toBuilder()
        .addAllDeviceFilters(
            Streams.concat(Stream.of(TaskId.chief()), others)
                .map(TaskId::spec)
                .collect(ImmutableList.toImmutableList()))
        .build();
  }
}
