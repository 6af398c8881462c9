package io.scenerank.run.text;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Throwables;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.Causes;
import io.scenerank.config.InvalidInputException;
import io.scenerank.variable.TensorFlowErrors;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is said of an error: one line, without a stack trace. */
public final class ErrorText {
  private ErrorText() {}

  /** Whether the user can mend it: an input, or a file that cannot be read or written. */
  public static boolean isInput(Throwable e) {
    return e instanceof InvalidInputException
        || e instanceof IOException
        || e instanceof UncheckedIOException
        || e instanceof InvalidPathException
        || TensorFlowErrors.ofLibrary(e).isPresent();
  }

  /** The error in one line. */
  public static String of(Throwable e) {
    return oneLine(isInput(e) ? describe(e) : "internal error: " + e);
  }

  /**
   * Prints an error as the command line says it.
   *
   * @param verbose whether to show where it came from
   */
  public static void print(PrintWriter err, Throwable e, boolean verbose) {
    print(err, "", e, verbose);
  }

  /**
   * The same of an error that does not end the command.
   *
   * @param what failed, in front of the error
   */
  public static void print(PrintWriter err, String what, Throwable e, boolean verbose) {
    err.println("scenerank: " + what + of(e) + (isInput(e) || verbose ? "" : "; -v shows where"));
    if (e instanceof InvalidInputException input) {
      input.details().forEach(err::println);
    }
    if (verbose) {
      err.println(Throwables.getStackTraceAsString(e));
    }
  }

  /** The error in one line, as short as a cell of a table should be. */
  public static String brief(Throwable e) {
    return e instanceof RuntimeException failure && TensorFlowErrors.isOne(failure)
        ? "TensorFlow: " + TensorFlowErrors.firstLine(failure)
        : of(e);
  }

  /** What is wrong with arguments that were lost on their way into the JVM; empty if nothing is. */
  public static Optional<String> ofArguments(ImmutableList<String> args) {
    return PlatformEncoding.ofJvm().problem(args);
  }

  private static String describe(Throwable e) {
    if (e instanceof InvalidInputException input) {
      return input.getMessage();
    }
    if (e instanceof IOException io) {
      String text = Causes.text(io);
      String reason = Causes.ofFiles(e).orElse(text);
      return text.contains(reason) ? text : text.isEmpty() ? reason : text + " (" + reason + ")";
    }
    if (e instanceof InvalidPathException path) {
      return PlatformEncoding.ofJvm().problem(path);
    }
    return e instanceof UncheckedIOException unchecked
        ? describe(requireNonNull(unchecked.getCause()))
        : TensorFlowErrors.ofLibrary(e).orElseThrow();
  }

  /** The text with its line breaks made blanks. */
  public static String oneLine(@Nullable String text) {
    return text == null ? "" : text.replaceAll("\\s*\\R\\s*", " ");
  }
}
