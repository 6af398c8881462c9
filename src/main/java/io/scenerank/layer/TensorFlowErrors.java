package io.scenerank.layer;

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
}
