package io.scenerank.variable;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * TensorFlow Java throws {@link TensorFlowException} for some failures of the native library and
 * subclasses of the JDK's exceptions for others; all lie in one package.
 */
public final class TensorFlowErrors {
  private static final Pattern NODE = Pattern.compile("\\{\\{node (?:[^}]*/)?([^}/]+)}}");

  private static final Pattern PROCESS = Pattern.compile("From /job:\\S+:");

  private TensorFlowErrors() {}

  /** Whether the native library failed. */
  public static boolean isOne(RuntimeException e) {
    return e.getClass().getPackage().equals(TensorFlowException.class.getPackage());
  }

  /**
   * The line of the message that gives the reason: the first, or the next where the first names the
   * process of a cluster that failed. The lines after it are addresses and node names.
   */
  public static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage())
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !PROCESS.matcher(line).matches())
        .findFirst()
        .orElse("no reason given");
  }

  /**
   * What keeps the native library from its work, in one line that says what to do: no folder to
   * unpack it into, no room there, or a limit on memory; empty if the failure is none of these.
   */
  public static Optional<String> ofLibrary(Throwable failure) {
    return NativeFailures.explain(failure);
  }

  /**
   * Turns off JavaCPP's limits on native memory, unless they are set: it counts the whole process,
   * and allows it four times the Java heap. To be called before anything of TensorFlow is.
   */
  public static void liftMemoryLimits() {
    NativeFailures.liftMemoryLimits();
  }

  /** The name, without its scopes, of the node that failed; empty where the message has none. */
  public static Optional<String> node(RuntimeException e) {
    Matcher node = NODE.matcher(String.valueOf(e.getMessage()));
    return node.find() ? Optional.of(node.group(1)) : Optional.empty();
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
