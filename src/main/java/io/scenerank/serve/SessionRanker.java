package io.scenerank.serve;

import java.util.Map;
import java.util.function.Consumer;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.SignatureDef;

/**
 * Predicts with a graph that somebody else built, in a session of its own.
 *
 * <p>Safe for many threads at once, {@link #close} included; see {@link Ranker}.
 */
final class SessionRanker extends SignatureRanker {
  private final Session session;

  private SessionRanker(Session session, SignatureRunner runner) {
    super(runner);
    this.session = session;
  }

  /**
   * Opens a session on the graph, which has to stay open until the ranker is closed.
   *
   * @param source what errors name in front
   * @param signatures those of the graph, {@code serving_default} among them
   * @param threads TensorFlow's threads; 0 for one a core
   * @param start gives the session's variables their values
   */
  static SessionRanker open(
      String source,
      Graph graph,
      Map<String, SignatureDef> signatures,
      int threads,
      Consumer<Session> start) {
    Session session = new Session(graph, SessionConfig.of(threads));
    try {
      start.accept(session);
      return new SessionRanker(
          session,
          new SignatureRunner(
              source, session, graph.toGraphDef(), signatures, Signatures.SERVING_DEFAULT));
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  @Override
  void free() {
    session.close();
  }
}
