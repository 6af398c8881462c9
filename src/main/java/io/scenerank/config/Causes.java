package io.scenerank.config;

import com.google.common.base.Throwables;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;

/** The reason of a failure, from anywhere in the chain of its causes. */
public final class Causes {
  private Causes() {}

  /**
   * What the operating system says of a file: "No space left on device". Libraries wrap it in words
   * of their own, as "Exception writing".
   *
   * @return the message of the deepest {@link IOException}; empty where there is none
   */
  public static Optional<String> ofFiles(Throwable failure) {
    return Lists.reverse(ImmutableList.copyOf(Throwables.getCausalChain(failure))).stream()
        .filter(IOException.class::isInstance)
        .map(cause -> text((IOException) cause))
        .filter(text -> !text.isEmpty())
        .findFirst();
  }

  /**
   * The same failure with the file that is not there for it, where it names none. Either the file
   * cannot be written, or what it is made of cannot be read.
   */
  public static IOException at(Path file, IOException e) {
    boolean named = e instanceof FileSystemException || text(e).contains(file.toString());
    return named ? e : new IOException(file + ": not written (" + reason(e) + ")", e);
  }

  private static String reason(IOException e) {
    return ofFiles(e).orElse(e.getClass().getSimpleName());
  }

  /** One line of an error, with the file that it names. */
  public static String text(IOException e) {
    if (e instanceof FileSystemException file) {
      String reason = file.getReason() == null ? e.getClass().getSimpleName() : file.getReason();
      return file.getFile() == null ? reason : file.getFile() + ": " + reason;
    }
    return e.getMessage() == null ? "" : e.getMessage();
  }
}
