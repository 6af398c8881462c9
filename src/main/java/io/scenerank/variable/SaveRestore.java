package io.scenerank.variable;

import java.nio.file.Path;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.types.TString;

/**
 * The ops that save a graph's variables and restore them.
 *
 * @param prefix of the checkpoint, fed
 */
record SaveRestore(Operand<TString> prefix, Op save, Op restore) {
  void save(Session session, Path path) {
    run(session, path, save);
  }

  void restore(Session session, Path path) {
    run(session, path, restore);
  }

  private void run(Session session, Path path, Op op) {
    try (TString value = TString.scalarOf(path.toString())) {
      session.runner().feed(prefix, value).addTarget(op).run().close();
    }
  }
}
