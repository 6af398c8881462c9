package io.scenerank.train;

import static java.util.Objects.requireNonNull;

import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a TensorFlow checkpoint: {@code <prefix>.index} and the shards {@code
 * <prefix>.data-00000-of-00002}….
 */
final class CheckpointFiles {
  private static final Pattern SHARD = Pattern.compile("\\.data-\\d{5}-of-(\\d{5})");

  private CheckpointFiles() {}

  /**
   * Checks that the index and all shards are there.
   *
   * @param prefix path of the files up to their endings
   * @throws InvalidInputException naming the file that is missing
   */
  public static void requireWhole(Path prefix) {
    String name = prefix.getFileName().toString();
    require(prefix.resolveSibling(name + ".index"));
    int shards =
        names(requireNonNull(prefix.getParent(), "a checkpoint is a folder")).stream()
            .filter(file -> file.startsWith(name))
            .map(file -> SHARD.matcher(file.substring(name.length())))
            .filter(Matcher::matches)
            .mapToInt(shard -> Integer.parseInt(shard.group(1)))
            .max()
            .orElse(1);
    for (int i = 0; i < shards; i++) {
      require(
          prefix.resolveSibling(
              String.format(Locale.ROOT, "%s.data-%05d-of-%05d", name, i, shards)));
    }
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(child -> child.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new InvalidInputException(folder + ": cannot be read (" + e + ")", e);
    }
  }

  private static void require(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(file + ": no such file");
    }
  }
}
