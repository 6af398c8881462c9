package io.scenerank.cluster.chief;

import com.google.common.net.HostAndPort;
import io.scenerank.cluster.ClusterFixture;
import io.scenerank.cluster.ClusterSpec;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.cluster.wire.TaskServer;
import io.scenerank.cluster.wire.WorkQueue;
import io.scenerank.cluster.worker.InputQueue;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFFailedPreconditionException;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** What a chief has to do with a task, in a process of its own: tells it, and takes its shares. */
public final class ChiefClient implements AutoCloseable {
  private static final int CONNECT_MILLIS = 50;
  private static final int ANSWER_MILLIS = 120_000; // far beyond what is waited for

  /** Kept from the garbage collector, which would end it. */
  private final TaskServer server;

  private final ClusterRuntime site;
  private final TaskId task;
  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Operand<TInt64> fields = tf.placeholder(TInt64.class);
  private final Operand<TString> text = tf.placeholder(TString.class);
  private final Op enqueue;
  private final Operand<TString> identity;
  private final Session session;

  /** A share as it is taken. */
  public record Taken(
      long number,
      int weight,
      List<Integer> ids,
      List<Float> dense,
      List<Float> labels,
      List<Boolean> kept) {}

  public ChiefClient(ClusterSpec cluster, TaskId task) throws IOException, InterruptedException {
    this.task = task;
    this.server = new TaskServer(cluster, TaskId.chief(), ClusterFixture.CPU, 1);
    this.enqueue = new WorkQueue(task).enqueue(tf, fields, text);
    this.identity = TaskProcess.Identity.published(tf, task);
    awaitConnection(HostAndPort.fromString(cluster.address(task)));
    this.site = new ClusterRuntime(cluster, ClusterFixture.CPU, 1);
    this.session = site.openOn(graph, task, ANSWER_MILLIS);
  }

  private static void awaitConnection(HostAndPort address)
      throws IOException, InterruptedException {
    boolean answers = false;
    while (!answers) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), CONNECT_MILLIS);
        answers = true;
      } catch (IOException e) {
        Thread.sleep(CONNECT_MILLIS);
      }
    }
  }

  /** Who the task says that it is, once it does. */
  public TaskProcess.Identity identity() throws InterruptedException {
    while (true) {
      try (Result result = session.runner().fetch(identity).run()) {
        return TaskProcess.Identity.ofJson(((TString) result.get(0)).getObject(), task.toString());
      } catch (TFFailedPreconditionException e) {
        Thread.sleep(CONNECT_MILLIS);
      }
    }
  }

  public void tell(WorkQueue.Item item) {
    try (TInt64 itemFields = item.fields();
        TString itemText = item.textTensor()) {
      session
          .runner()
          .feed(fields, itemFields)
          .feed(text, itemText)
          .addTarget(enqueue)
          .run()
          .close();
    }
  }

  /** Takes so many shares of a generation, with dropout in their format. */
  public List<Taken> take(long generation, InputQueue.Format format, int count) {
    List<Taken> shares = new ArrayList<>();
    try (Graph inputs = new Graph()) {
      InputQueue.Element share =
          new InputQueue(task, generation, format).dequeue(Ops.create(inputs));
      try (Session ofInputs = site.openOn(inputs, task, ANSWER_MILLIS)) {
        for (int i = 0; i < count; i++) {
          shares.add(take(ofInputs, share));
        }
      }
    }
    return shares;
  }

  private static Taken take(Session session, InputQueue.Element share) {
    Session.Runner runner = session.runner().fetch(share.number()).fetch(share.weight());
    runner.fetch(share.inputs().ids().orElseThrow()).fetch(share.inputs().dense().orElseThrow());
    runner.fetch(share.labels()).fetch(share.kept().orElseThrow());
    try (Result result = runner.run()) {
      return new Taken(
          ((TInt64) result.get(0)).getLong(),
          ((TInt32) result.get(1)).getInt(),
          ints((TInt32) result.get(2)),
          floats((TFloat32) result.get(3)),
          floats((TFloat32) result.get(4)),
          booleans((TBool) result.get(5)));
    }
  }

  public static List<Integer> ints(TInt32 tensor) {
    List<Integer> values = new ArrayList<>();
    tensor.scalars().forEach(value -> values.add(value.getInt()));
    return values;
  }

  public static List<Float> floats(TFloat32 tensor) {
    List<Float> values = new ArrayList<>();
    for (float value : FloatTensor.of(tensor).values()) {
      values.add(value);
    }
    return values;
  }

  public static List<Boolean> booleans(TBool tensor) {
    List<Boolean> values = new ArrayList<>();
    tensor.scalars().forEach(value -> values.add(value.getBoolean()));
    return values;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
