package io.scenerank.train;

import java.util.List;
import org.tensorflow.Session;
import org.tensorflow.op.Op;

/** Gives the variables of a session their first values. */
final class InitialValues {
  private InitialValues() {}

  /** Closes the session where it fails, for the graph, to be closed then, waits for that. */
  static void give(Session session, List<Op> initializers) {
    try {
      Session.Runner runner = session.runner();
      initializers.forEach(runner::addTarget);
      runner.run().close();
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }
}
