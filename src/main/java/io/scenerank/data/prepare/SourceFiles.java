package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.feature.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
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
 */
public record SourceFiles(ImmutableList<Path> files, boolean parquet) {
  private static final Pattern GLOB = Pattern.compile(".*[*?\\[{].*", Pattern.DOTALL);
  private static final Pattern DATA =
      Pattern.compile(".*\\.((csv|tsv|txt)(\\.(gz|zst))?|parquet(\\.\\w+)?|pq)");
  private static final byte[] PARQUET = "PAR1".getBytes(StandardCharsets.US_ASCII);

  /**
   * Finds the files.
   *
   * @param source a file, a folder, whose CSV and Parquet files are taken but not those of folders
   *     in it, or a glob as {@code logs/2022-*.csv}, relative to {@code base}
   * @throws InvalidInputException if there is none, some are CSV and others Parquet, or one is
   *     compressed in a way that cannot be read
   */
  public static SourceFiles find(String source, Path base) throws IOException {
    Path place = base.resolve(source);
    ImmutableList<Path> files =
        Files.isRegularFile(place)
            ? ImmutableList.of(place)
            : Files.isDirectory(place) ? inFolder(place) : matching(source, base);
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
    }
    return new SourceFiles(files, parquet);
  }

  private static ImmutableList<Path> inFolder(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      ImmutableList<Path> files =
          children
              .filter(file -> Files.isRegularFile(file) && isData(file.getFileName().toString()))
              .sorted()
              .collect(ImmutableList.toImmutableList());
      if (files.isEmpty()) {
        throw new InvalidInputException(folder + ": holds no CSV or Parquet file");
      }
      return files;
    }
  }

  /** Names that begin with a dot or an underscore are not data, as others have it too. */
  private static boolean isData(String name) {
    return !name.startsWith(".")
        && !name.startsWith("_")
        && DATA.matcher(name.toLowerCase(Locale.ROOT)).matches();
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
