package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Streams;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Raw files of one format, in the order of their paths.
 *
 * @param files at least one
 * @param parquet whether they are Parquet; else they are CSV, perhaps compressed with gzip or zstd
 * @param partitions the columns that the names of folders hold, as {@code dt=2022-05-01}
 */
record SourceFiles(ImmutableList<Path> files, boolean parquet, ImmutableSet<String> partitions) {
  private static final Pattern GLOB = Pattern.compile(".*[*?\\[{].*", Pattern.DOTALL);
  // Hive calls its files 000000_0, Spark part-00000, without an ending.
  private static final Pattern DATA =
      Pattern.compile(
          ".*\\.((csv|tsv|txt)(\\.(gz|zst))?|parquet(\\.\\w+)?|pq)|part-[^.]*|[0-9]+_[0-9]+");
  private static final byte[] PARQUET = "PAR1".getBytes(StandardCharsets.US_ASCII);

  /**
   * Finds the files.
   *
   * @param source a file, a folder, whose CSV and Parquet files are taken and those of partitions
   *     in it, or a glob as {@code logs/2022-*.csv}, relative to {@code base}
   * @throws InvalidInputException if there is none, some are CSV and others Parquet, their folders
   *     name other columns, or one is compressed or encoded in a way that cannot be read
   */
  public static SourceFiles find(String source, Path base) throws IOException {
    Path place = base.resolve(source);
    ImmutableList<Path> files =
        Files.isRegularFile(place)
            ? ImmutableList.of(place)
            : Files.isDirectory(place) ? inFolder(place) : matching(source, base);
    files.forEach(SourceFiles::requireReadableName);
    boolean parquet = isParquet(files.get(0));
    for (Path file : files) {
      if (isParquet(file) != parquet) {
        throw new InvalidInputException(
            String.format(
                "%s: is %s but %s is not; expected files of one format",
                file, parquet ? "CSV" : "Parquet", files.get(0)));
      }
      String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
      if (!parquet && name.matches(".*\\.(br|brotli|bz2|xz|zip|7z)")) {
        throw new InvalidInputException(
            file
                + ": this compression of CSV cannot be read, expected none, gzip (.gz) or zstd"
                + " (.zst)");
      }
      if (!parquet && isUtf16(file)) {
        throw new InvalidInputException(file + ": is UTF-16, expected UTF-8");
      }
    }
    return new SourceFiles(files, parquet, partitions(files, base));
  }

  /** DuckDB opens a file by the text of its path, which must be the whole path. */
  private static void requireReadableName(Path file) {
    String text = file.toString();
    try {
      if (Path.of(text).equals(file)) {
        return;
      }
    } catch (InvalidPathException e) {
      // said below
    }
    throw new InvalidInputException(
        String.format(
            "%s: the name has characters that the encoding of the locale, %s, lacks; rename the"
                + " file, or set LC_ALL=C.UTF-8 for a name in UTF-8",
            text.replace('\ufffd', '?'),
            Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"))));
  }

  /** Files of a folder, and of folders in it that are called as partitions are. */
  private static ImmutableList<Path> inFolder(Path folder) throws IOException {
    try (Stream<Path> below = Files.walk(folder)) {
      ImmutableList<Path> files =
          below
              .filter(file -> isData(file.getFileName().toString()) && Files.isRegularFile(file))
              .filter(file -> between(folder, file).allMatch(Partitions::isOne))
              .sorted()
              .collect(ImmutableList.toImmutableList());
      if (files.isEmpty()) {
        throw new InvalidInputException(folder + ": holds no CSV or Parquet file");
      }
      return files;
    }
  }

  /** The folders between a folder and a file. */
  private static Stream<Path> between(Path folder, Path file) {
    Path parent = folder.relativize(file).getParent();
    return parent == null ? Stream.of() : Streams.stream(parent);
  }

  private static boolean isData(String name) {
    return !isHidden(name) && DATA.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  /** Names that begin with a dot or an underscore are not data, nor are checksums. */
  private static boolean isHidden(Path part) {
    return isHidden(part.toString());
  }

  private static boolean isHidden(String name) {
    return name.startsWith(".") || name.startsWith("_") || name.endsWith(".crc");
  }

  private static ImmutableList<Path> matching(String source, Path base) throws IOException {
    if (!GLOB.matcher(source).matches()) {
      throw new InvalidInputException(base.resolve(source) + ": no such file or folder");
    }
    String[] parts = source.split("/", -1);
    int plain = 0;
    while (!GLOB.matcher(parts[plain]).matches()) {
      plain++;
    }
    Path start =
        base.resolve(
            (source.startsWith("/") ? "/" : "")
                + String.join("/", Arrays.copyOf(parts, plain)).replaceFirst("^/", ""));
    PathMatcher matcher =
        FileSystems.getDefault()
            .getPathMatcher(
                "glob:" + String.join("/", Arrays.copyOfRange(parts, plain, parts.length)));
    if (!Files.isDirectory(start)) {
      throw new InvalidInputException(start + ": no such folder");
    }
    try (Stream<Path> below = Files.walk(start)) {
      ImmutableList<Path> files =
          below
              .filter(file -> matcher.matches(start.relativize(file)) && Files.isRegularFile(file))
              .filter(
                  file -> Streams.stream(start.relativize(file)).noneMatch(SourceFiles::isHidden))
              .sorted()
              .collect(ImmutableList.toImmutableList());
      if (files.isEmpty()) {
        throw new InvalidInputException(source + ": no file matches");
      }
      return files;
    }
  }

  private static boolean isParquet(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(PARQUET.length), PARQUET);
    }
  }

  private static boolean isUtf16(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] mark = in.readNBytes(2);
      return mark.length == 2
          && (mark[0] & 0xff) + (mark[1] & 0xff) == 0xfe + 0xff
          && (mark[0] & 0xff) >= 0xfe;
    }
  }

  /** The columns in the folders' names; the base folder, which nobody named, does not count. */
  private static ImmutableSet<String> partitions(ImmutableList<Path> files, Path base) {
    ImmutableSet<String> names = Partitions.names(below(base, files.get(0)));
    for (Path file : files) {
      ImmutableSet<String> other = Partitions.names(below(base, file));
      if (!other.equals(names)) {
        throw new InvalidInputException(
            String.format(
                "%s: its folders name the columns %s, those of %s name %s; expected the same",
                file, other, files.get(0), names));
      }
    }
    return names;
  }

  private static Path below(Path base, Path file) {
    return file.startsWith(base) ? base.relativize(file) : file;
  }

  /** One of the files. */
  SourceFiles only(Path file) {
    return new SourceFiles(ImmutableList.of(file), parquet, partitions);
  }

  /** Size of all files, in bytes. */
  long bytes() throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }

  /** How messages call them. */
  @Override
  public String toString() {
    return files.size() == 1
        ? files.get(0).toString()
        : files.get(0) + " and " + (files.size() - 1) + " more";
  }
}
