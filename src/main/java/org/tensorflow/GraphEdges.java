package org.tensorflow;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.NullMarked;
import org.tensorflow.internal.c_api.TF_Input;
import org.tensorflow.internal.c_api.TF_Output;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;

/**
 * Changes where an op reads from. It is in TensorFlow's package because only that package can
 * access the graph's native handle.
 */
@NullMarked
public final class GraphEdges {
  private GraphEdges() {}

  /** Makes every op that reads {@code from} read {@code to}, of the same type, instead. */
  @SuppressWarnings("try") // the scope is for the pointers that are made while it is open
  public static void redirect(Graph graph, Output<?> from, Output<?> to) {
    GraphOperation source = (GraphOperation) from.op();
    GraphOperation target = (GraphOperation) to.op();
    try (PointerScope scope = new PointerScope();
        Graph.Reference reference = graph.ref()) {
      TF_Output output = new TF_Output();
      output.oper(target.getUnsafeNativeHandle()).index(to.index());
      for (GraphOperation consumer : List.copyOf(source.consumers(from.index()))) {
        for (int i = 0; i < consumer.numInputs(); i++) {
          if (consumer.input(i).equals(from)) {
            TF_Input input = new TF_Input();
            input.oper(consumer.getUnsafeNativeHandle()).index(i);
            TF_Status status = TF_Status.newStatus();
            tensorflow.TF_UpdateEdge(reference.nativeHandle(), output, input, status);
            status.throwExceptionIfNotOK();
          }
        }
      }
    }
  }
}
