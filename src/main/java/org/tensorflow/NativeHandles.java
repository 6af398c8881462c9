package org.tensorflow;

import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.NullMarked;
import org.tensorflow.internal.c_api.TF_Input;
import org.tensorflow.internal.c_api.TF_Output;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.ConfigProto;

/**
 * What TensorFlow Java's own classes do not offer and the C API does: it is in their package
 * because only that can access native handles. {@link Session} has no constructor that takes a
 * target, only one for this package that takes a native session.
 */
@NullMarked
public final class NativeHandles {
  private NativeHandles() {}

  /**
   * Opens a session, which the caller closes.
   *
   * @param target the server that leads, {@code grpc://host:port}
   * @throws org.tensorflow.exceptions.TensorFlowException if a task that the config's device
   *     filters name does not answer
   */
  public static Session open(Graph graph, String target, ConfigProto config) {
    try (PointerScope scope = new PointerScope();
        Graph.Reference reference = graph.ref()) {
      TF_Status status = TF_Status.newStatus();
      scope.attach(status);
      TF_SessionOptions options = TF_SessionOptions.newSessionOptions();
      tensorflow.TF_SetTarget(options, target);
      byte[] bytes = config.toByteArray();
      tensorflow.TF_SetConfig(options, new BytePointer(bytes), bytes.length, status);
      status.throwExceptionIfNotOK();
      TF_Session session = TF_Session.newSession(reference.nativeHandle(), options, status);
      status.throwExceptionIfNotOK();
      session.retainReference(); // beyond the scope, until the session is closed
      return new Session(graph, session);
    }
  }

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
