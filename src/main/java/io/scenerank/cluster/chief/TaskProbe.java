package io.scenerank.cluster.chief;

import com.google.common.net.HostAndPort;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.cluster.wire.WorkQueue;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** Asks tasks who they are and tells them things. */
final class TaskProbe {
  private static final int CONNECT = 2_000; // milliseconds
  private static final int ANSWER = 10_000; // milliseconds

  private final ClusterRuntime site;

  /** Of each task its own, so that one that hangs holds up no question to another. */
  private final Map<TaskId, BoundedCalls> calls = new ConcurrentHashMap<>();

  TaskProbe(ClusterRuntime site) {
    this.site = site;
  }

  /** Who a task is; empty if it is absent, hangs or has not begun its work. */
  Optional<TaskProcess.Identity> identity(TaskId task) {
    return isListening(task) ? within(task, () -> ask(task)) : Optional.empty();
  }

  /** Empty if there is no answer within the time. */
  private <T> Optional<T> within(TaskId task, Callable<Optional<T>> call) {
    try {
      return calls
          .computeIfAbsent(task, of -> new BoundedCalls("scenerank-probe", ANSWER))
          .call(call);
    } catch (TensorFlowException e) {
      return Optional.empty();
    }
  }

  private Optional<TaskProcess.Identity> ask(TaskId task) {
    try (Graph graph = new Graph()) {
      Operand<TString> identity = TaskProcess.Identity.published(Ops.create(graph), task);
      try (Session session = site.openOn(graph, task, ANSWER);
          Result result = session.runner().fetch(identity).run()) {
        String text = ((TString) result.get(0)).getObject();
        return Optional.of(TaskProcess.Identity.ofJson(text, "the identity of " + task));
      }
    }
  }

  /**
   * Whether the task's port takes connections. A session on a task that is not there would be
   * waited for without an end.
   */
  private boolean isListening(TaskId task) {
    HostAndPort address = HostAndPort.fromString(site.spec().address(task));
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), CONNECT);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Puts an item into a task's queue; does nothing if it is absent or hangs. */
  void tell(TaskId task, WorkQueue.Item item) {
    if (isListening(task)) {
      // A task that ends while it gets a message is gone, as if it had got none.
      within(task, () -> put(task, item));
    }
  }

  private Optional<Void> put(TaskId task, WorkQueue.Item item) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Ops onTask = task.onCpu(tf);
      Operand<TInt64> fields = onTask.placeholder(TInt64.class);
      Operand<TString> text = onTask.placeholder(TString.class);
      Op put = new WorkQueue(task).enqueue(tf, fields, text);
      try (Session session = site.openOn(graph, task, ANSWER);
          TInt64 itemFields = item.fields();
          TString itemText = item.textTensor()) {
        session.runner().feed(fields, itemFields).feed(text, itemText).addTarget(put).run().close();
      }
    }
    return Optional.empty();
  }
}
