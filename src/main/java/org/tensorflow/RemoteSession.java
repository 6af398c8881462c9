package org.tensorflow;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.NullMarked;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.ConfigProto;

/**
 * Opens a session on a server of TensorFlow's distributed runtime. It is in this package because
 * {@link Session} offers no constructor that takes a target, only one for this package that takes a
 * native session.
 */
@NullMarked
public final class RemoteSession {
  private RemoteSession() {}

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
}
