package io.scenerank.cluster.wire;

import io.scenerank.cluster.ClusterSpec;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.config.InvalidInputException;
import io.scenerank.train.Device;
import org.tensorflow.Graph;
import org.tensorflow.NativeHandles;
import org.tensorflow.Server;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.ServerDef;

/**
 * TensorFlow's server in this process: graphs of other tasks run on its devices, and it keeps their
 * variables and queues. It listens on all interfaces, which TensorFlow does not let one choose, and
 * it accepts everything that it is sent. It ends with the process: TensorFlow cannot stop one.
 */
public final class TaskServer {
  private final TaskId task;
  private final ConfigProto config;
  private final String target;

  /** Kept from the garbage collector, which would end it. */
  private final Server server;

  /**
   * Starts to listen at the task's port.
   *
   * @param threads threads of each op and of the executor; 0 for one a core
   * @throws InvalidInputException if the port is taken or is not one
   */
  public TaskServer(ClusterSpec cluster, TaskId task, Device device, int threads) {
    this.task = task;
    this.config = device.sessionConfig(threads);
    String address = cluster.address(task);
    // Under this very name the session finds the server within the process, without a connection.
    this.target = "grpc://" + address;
    ServerDef definition =
        ServerDef.newBuilder()
            .setCluster(cluster.toClusterDef())
            .setJobName(task.role().job())
            .setTaskIndex(task.index())
            .setProtocol("grpc")
            .setDefaultSessionConfig(config)
            .build();
    try {
      this.server = new Server(definition);
      server.start();
    } catch (TensorFlowException e) {
      throw new InvalidInputException(
          task + ": cannot listen at " + address + " (" + e.getMessage() + ")", e);
    }
  }

  /** Whose server it is. */
  public TaskId task() {
    return task;
  }

  /** Opens a session, which the caller closes, on the devices of this process alone. */
  public Session open(Graph graph) {
    return NativeHandles.open(
        graph, target, config.toBuilder().addDeviceFilters(task.spec()).build());
  }

  /** Makes known who this is. */
  public void publish(TaskProcess.Identity identity) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Ops onTask = task.onCpu(tf);
      var assign = new IdentityVariable(task).assign(tf, onTask.constant(identity.toJson()));
      try (Session session = open(graph)) {
        session.runner().addTarget(assign).run().close();
      }
    }
  }
}
