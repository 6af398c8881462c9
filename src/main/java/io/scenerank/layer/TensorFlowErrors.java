package io.scenerank.layer;

import java.io.IOException;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * TensorFlow Java throws {@link TensorFlowException} for some failures of the native library and
 * subclasses of the JDK's exceptions for others; all lie in one package.
 */
public final class TensorFlowErrors {
  private TensorFlowErrors() {}

  /** Whether the native library failed. */
  public static boolean isOne(RuntimeException e) {
    return e.getClass().getPackage().equals(TensorFlowException.class.getPackage());
  }

  /** The first line of the message; the lines after it are addresses and node names. */
  public static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
  }

  /**
   * Runs what writes through TensorFlow.
   *
   * @param what is written, as in "the checkpoint"
   * @throws IOException if the native library fails, on a full disk for instance
   */
  public static void writing(String what, Runnable writer) throws IOException {
    try {
      writer.run();
    } catch (RuntimeException e) {
      if (isOne(e)) {
        throw new IOException(what + " cannot be written (" + firstLine(e) + ")", e);
      }
      throw e;
    }
  }
}
