package io.scenerank.run.text;

import com.google.common.collect.ImmutableList;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.Optional;

/**
 * The encoding in which the JVM reads arguments and the names of files.
 *
 * @param platform follows the locale and cannot be changed once the JVM runs; without a locale, as
 *     containers and cron start processes, it is ASCII
 */
record PlatformEncoding(Charset platform) {
  /** What Java puts for a byte that its encoding lacks. */
  private static final char LOST = '\ufffd';

  /** The encoding of this JVM. */
  static PlatformEncoding ofJvm() {
    return new PlatformEncoding(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")));
  }

  /** What is wrong with the name of a file that cannot be one. */
  String problem(InvalidPathException e) {
    boolean encodes = platform.equals(StandardCharsets.UTF_8) || isAscii(e.getInput());
    return encodes
        ? String.format("'%s': not the name of a file (%s)", e.getInput(), e.getReason())
        : String.format(
            "file name '%s' has characters that the encoding of the locale, %s, lacks; set"
                + " LC_ALL=C.UTF-8, as bin/scenerank does",
            e.getInput().replace(LOST, '?'), platform);
  }

  private static boolean isAscii(String text) {
    return StandardCharsets.US_ASCII.newEncoder().canEncode(text);
  }

  /** What is wrong with arguments that were lost on their way into the JVM. */
  Optional<String> problem(ImmutableList<String> args) {
    return platform.equals(StandardCharsets.UTF_8)
        ? Optional.empty()
        : args.stream()
            .filter(arg -> arg.indexOf(LOST) >= 0)
            .findFirst()
            .map(
                arg ->
                    String.format(
                        "argument '%s' has characters that the encoding of the locale, %s, lacks;"
                            + " set LC_ALL=C.UTF-8, as bin/scenerank does",
                        arg.replace(LOST, '?'), platform));
  }
}
