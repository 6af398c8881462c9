package io.scenerank.variable;

import com.google.common.base.Throwables;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/**
 * What keeps TensorFlow's native library from its work, in one line that says what to do: no folder
 * to unpack it into, no room there, or a limit on memory. JavaCPP, which unpacks and loads it, says
 * of most of these only that there is no library.
 */
final class NativeFailures {
  /** The property that names the folder. */
  private static final String CACHE = "org.bytedeco.javacpp.cachedir";

  private static final String PHYSICAL = "org.bytedeco.javacpp.maxphysicalbytes";
  private static final String ALLOCATED = "org.bytedeco.javacpp.maxbytes";
  private static final long MEGABYTE = 1 << 20;

  /** What the libraries take when they are unpacked, rounded up. */
  private static final long NEEDED = 700 * MEGABYTE;

  private NativeFailures() {}

  /**
   * Turns off JavaCPP's limits on native memory, unless they are set: it counts the whole process,
   * allows it four times the Java heap, and what it does about the rest frees no tensor. To be
   * called before anything of TensorFlow is.
   */
  static void liftMemoryLimits() {
    for (String limit : List.of(PHYSICAL, ALLOCATED)) {
      if (System.getProperty(limit) == null) {
        System.setProperty(limit, "0");
      }
    }
  }

  /** The failure in one line; empty if it is none of these. */
  static Optional<String> explain(Throwable failure) {
    return Throwables.getCausalChain(failure).stream()
        .map(NativeFailures::line)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> line(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof OutOfMemoryError) {
      return memory(message);
    }
    boolean loading =
        message.contains("jnitensorflow")
            || message.contains("org.tensorflow")
            || message.contains(CACHE)
            || message.contains("libtensorflow");
    return cause instanceof LinkageError && loading
        ? Optional.of(loading(message))
        : Optional.empty();
  }

  private static Optional<String> memory(String message) {
    String limit = message.contains("Physical memory usage is too high") ? PHYSICAL : ALLOCATED;
    boolean ours =
        limit.equals(PHYSICAL) || message.contains("Failed to allocate memory within limits");
    return ours
        ? Optional.of(
            String.format(
                "JavaCPP allows no more native memory (%s); -D%s=0 removes this limit, which -Xmx"
                    + " determines otherwise",
                firstLine(message), limit))
        : Optional.empty();
  }

  private static String loading(String message) {
    String platform = Loader.getPlatform();
    String library = System.mapLibraryName("jnitensorflow");
    String resource = "/org/tensorflow/internal/c_api/" + platform + "/" + library;
    if (Loader.class.getResource(resource) == null) {
      return String.format(
          "TensorFlow's native library for %s is not on the class path; expected"
              + " org.tensorflow:tensorflow-core-native with this classifier",
          platform);
    }
    File folder;
    try {
      folder = Loader.getCacheDir();
    } catch (IOException e) {
      return "TensorFlow's native library cannot be unpacked: neither the home folder nor the"
          + " temporary folder can be written; name a folder with 700 MB of room by -D"
          + CACHE;
    }
    return loading(folder, message);
  }

  private static String loading(File folder, String message) {
    long free = folder.getUsableSpace();
    return free < NEEDED
        ? String.format(
            Locale.ROOT,
            "TensorFlow's native library cannot be unpacked into %s: No space left on device"
                + " (%d MB free, %d MB needed); name another folder by -D%s",
            folder,
            free / MEGABYTE,
            NEEDED / MEGABYTE,
            CACHE)
        : String.format(
            "TensorFlow's native library cannot be loaded from %s (%s); if the folder cannot be"
                + " written or is mounted noexec, name another by -D%s",
            folder, firstLine(message), CACHE);
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("no reason given");
  }
}
