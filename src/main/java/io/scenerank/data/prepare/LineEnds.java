package io.scenerank.data.prepare;

import io.scenerank.feature.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * Looks at the bytes of files whose lines end in different ways. DuckDB reads line feeds with and
 * without carriage returns in one file; behind a carriage return alone it drops a character.
 */
final class LineEnds {
  private static final int BUFFER = 1 << 20;

  private LineEnds() {}

  /**
   * @throws InvalidInputException if a carriage return stands alone, or nobody can tell
   */
  static void requireLineFeeds(Iterable<Path> files) throws IOException {
    for (Path file : files) {
      String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
      if (name.endsWith(".zst") || hasLoneReturn(file, name.endsWith(".gz"))) {
        throw new InvalidInputException(
            file
                + ": its lines end in different ways, some perhaps with a carriage return alone;"
                + " expected one way, or line feeds with and without carriage returns in a file"
                + " that is not compressed or .gz");
      }
    }
  }

  private static boolean hasLoneReturn(Path file, boolean zipped) throws IOException {
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        InputStream in = zipped ? new GZIPInputStream(bytes, BUFFER) : bytes) {
      byte[] part = new byte[BUFFER];
      boolean after = false; // whether the last byte was a carriage return
      for (int n = in.read(part); n >= 0; n = in.read(part)) {
        for (int i = 0; i < n; i++) {
          if (after && part[i] != '\n') {
            return true;
          }
          after = part[i] == '\r';
        }
      }
      return after;
    }
  }
}
