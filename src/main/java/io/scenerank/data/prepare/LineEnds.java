package io.scenerank.data.prepare;

import io.scenerank.config.InvalidInputException;
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

  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf}; // of UTF-8

  private LineEnds() {}

  /**
   * What the bytes of a file are.
   *
   * @param all lines that end with a line feed, or with the file
   * @param filled those that are more than blanks
   * @param loneReturn whether a carriage return precedes another byte than a line feed
   */
  private record Bytes(long all, long filled, boolean loneReturn) {}

  /** How many lines end with a line feed, where carriage returns alone are part of a line. */
  static CsvTable.Lines count(Iterable<Path> files, CsvTable.Lines lines) throws IOException {
    long all = 0;
    long filled = 0;
    for (Path file : files) {
      if (isUnreadable(file)) {
        return lines;
      }
      Bytes bytes = read(file);
      all += bytes.all;
      filled += bytes.filled;
    }
    return new CsvTable.Lines(all, filled, lines.quoted());
  }

  /**
   * @throws InvalidInputException if a carriage return occurs without a line feed, or this is not
   *     known
   */
  static void requireLineFeeds(Iterable<Path> files) throws IOException {
    for (Path file : files) {
      if (isUnreadable(file) || read(file).loneReturn) {
        throw new InvalidInputException(
            file
                + ": its lines end in different ways, some perhaps with a carriage return alone;"
                + " expected one way, or line feeds with and without carriage returns in a file"
                + " that is not compressed or .gz");
      }
    }
  }

  private static boolean isUnreadable(Path file) {
    return name(file).endsWith(".zst");
  }

  private static String name(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT);
  }

  private static Bytes read(Path file) throws IOException {
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        InputStream in = name(file).endsWith(".gz") ? new GZIPInputStream(bytes, BUFFER) : bytes) {
      return read(in);
    }
  }

  private static Bytes read(InputStream in) throws IOException {
    byte[] part = new byte[BUFFER];
    long position = 0;
    long all = 0;
    long filled = 0;
    boolean begun = false;
    boolean isFilled = false;
    boolean returned = false; // whether the last byte was a carriage return
    boolean loneReturn = false;
    for (int n = in.read(part); n >= 0; n = in.read(part)) {
      for (int i = 0; i < n; i++, position++) {
        byte b = part[i];
        loneReturn |= returned && b != '\n';
        returned = b == '\r';
        if (b == '\n') {
          all++;
          filled += isFilled ? 1 : 0;
          begun = false;
          isFilled = false;
        } else if (position >= MARK.length || b != MARK[(int) position]) {
          begun = true;
          isFilled |= b != ' ' && b != '\r';
        }
      }
    }
    return new Bytes(all + (begun ? 1 : 0), filled + (isFilled ? 1 : 0), loneReturn || returned);
  }
}
