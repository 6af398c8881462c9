package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.io.Resources;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.data.DuckDb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A public data set that is known by name: how its files become raw rows, and what becomes of
 * these.
 *
 * @param yaml the description as people read it
 * @param description the same, parsed
 * @param rows the raw rows
 */
record NamedSource(String yaml, Description description, SqlSource rows) {
  /** How many videos or films a history holds; the latest ones. */
  static final int HISTORY = 20;

  private static final ImmutableMap<String, Opener> OPENERS =
      ImmutableMap.of(MovieLens100k.NAME, MovieLens100k::rows, KuaiRand1k.NAME, KuaiRand1k::rows);

  /** Finds a data set's files in a folder. */
  @FunctionalInterface
  private interface Opener {
    SqlSource rows(Path folder) throws IOException;
  }

  /** The names. */
  public static ImmutableSet<String> names() {
    return OPENERS.keySet();
  }

  /**
   * Opens a data set.
   *
   * @param folder its raw files
   * @throws InvalidInputException if there is no data set of the name, or naming the file that the
   *     folder lacks
   */
  public static NamedSource open(String name, Path folder) throws IOException {
    Opener opener = OPENERS.get(name);
    if (opener == null) {
      throw new InvalidInputException(
          "data set '" + name + "' is unknown" + SpellingHint.hint(name, names()));
    }
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(
          folder + ": no such folder, expected the raw files of " + name);
    }
    String resource = name + ".yaml";
    String yaml = text(resource);
    return new NamedSource(yaml, Description.parse(yaml, resource), opener.rows(folder));
  }

  private static String text(String resource) {
    try {
      return Resources.toString(
          Resources.getResource(NamedSource.class, resource), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first of the files that is there; empty if none is. */
  static Optional<Path> find(Path folder, List<String> names) {
    return names.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst();
  }

  /**
   * A file of a folder.
   *
   * @throws InvalidInputException if it is not there
   */
  static Path require(Path folder, String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(file + ": no such file, expected among the raw files");
    }
    return file;
  }

  static long bytes(List<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }

  static String quoted(Path file) {
    return DuckDb.file(file);
  }

  /**
   * A query of user, moment and {@code history}: the last items that each user met at earlier
   * moments, the latest one last. Items of one moment know nothing of each other.
   *
   * @param met a relation with the user, the moment and {@code items}, a list in order
   */
  static String histories(String met, String user, String moment) {
    return String.format(
        Locale.ROOT,
        "SELECT %2$s, %3$s, coalesce(list_slice(flatten(list(items) OVER (PARTITION BY %2$s ORDER"
            + " BY %3$s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)), -%4$d, -1), []) AS"
            + " history FROM %1$s",
        met,
        user,
        moment,
        HISTORY);
  }
}
