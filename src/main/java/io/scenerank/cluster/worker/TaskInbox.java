package io.scenerank.cluster.worker;

import io.scenerank.cluster.wire.TaskServer;
import io.scenerank.cluster.wire.WorkQueue;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** A task's own end of its {@link WorkQueue}. One thread takes, any may put. */
final class TaskInbox implements AutoCloseable {
  private final Graph graph = new Graph();
  private final WorkQueue.Element taken;
  private final Operand<TInt64> fields;
  private final Operand<TString> text;
  private final Op put;
  private final Session session;

  TaskInbox(TaskServer server) {
    try {
      Ops tf = Ops.create(graph);
      WorkQueue queue = new WorkQueue(server.task());
      this.taken = queue.dequeue(tf);
      Ops onTask = server.task().onCpu(tf);
      this.fields = onTask.placeholder(TInt64.class);
      this.text = onTask.placeholder(TString.class);
      this.put = queue.enqueue(tf, fields, text);
      this.session = server.open(graph);
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  /** The next item, once there is one. */
  WorkQueue.Item take() {
    try (Result result = session.runner().fetch(taken.fields()).fetch(taken.text()).run()) {
      return WorkQueue.Item.of((TInt64) result.get(0), (TString) result.get(1));
    }
  }

  /** Adds an item. */
  void put(WorkQueue.Item item) {
    try (TInt64 itemFields = item.fields();
        TString itemText = item.textTensor()) {
      session.runner().feed(fields, itemFields).feed(text, itemText).addTarget(put).run().close();
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
