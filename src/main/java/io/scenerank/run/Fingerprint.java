package io.scenerank.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import io.scenerank.config.InvalidInputException;
import io.scenerank.files.InnerPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Tells whether files are those of an earlier time, by the SHA-256 of what they hold. */
final class Fingerprint {
  private static final ImmutableList<String> DATA =
      ImmutableList.of("schema.json", "train.parquet", "test.parquet");
  private static final String INDEX = ".index";

  private Fingerprint() {}

  /** The files of a prepared data set by name. */
  static ImmutableMap<String, String> ofData(Path folder) throws IOException {
    return of(folder, DATA.stream().map(folder::resolve).toList());
  }

  /** The indexes of a run's checkpoints, which hold a checksum of every value, by path. */
  static ImmutableMap<String, String> ofRun(Path run) throws IOException {
    try (Stream<Path> files = Files.walk(run.resolve("checkpoint"))) {
      return of(run, files.filter(file -> file.toString().endsWith(INDEX)).toList());
    }
  }

  private static ImmutableMap<String, String> of(Path folder, List<Path> files) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    for (Path file : files) {
      String name = folder.relativize(file).toString();
      hashes.put(
          name,
          MoreFiles.asByteSource(InnerPath.resolve(folder, name))
              .hash(Hashing.sha256())
              .toString());
    }
    return ImmutableMap.copyOf(hashes);
  }

  /**
   * Checks that a folder's files are those of before.
   *
   * @param run names the run that was begun with those
   * @throws InvalidInputException naming the first file that is another
   */
  static void requireSame(
      Path folder, Map<String, String> before, Map<String, String> now, Path run) {
    before.forEach(
        (name, hash) -> {
          if (!hash.equals(now.get(name))) {
            throw new InvalidInputException(
                String.format(
                    "%s: not the file with which the run %s began", folder.resolve(name), run));
          }
        });
  }
}
