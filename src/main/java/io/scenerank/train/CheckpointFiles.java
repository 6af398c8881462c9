package io.scenerank.train;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
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

  private static final Pattern NAME = Pattern.compile("epoch-(\\d{5,9})(?:-step-(\\d{7,10}))?");

  private CheckpointFiles() {}

  /** Checkpoints in the order of training: an epoch's end comes before the steps after it. */
  static List<Path> checkpoints(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(path -> NAME.matcher(path.getFileName().toString()).matches())
          .sorted(Comparator.comparingLong(CheckpointFiles::order))
          .toList();
    }
  }

  private static long order(Path path) {
    Matcher name = NAME.matcher(path.getFileName().toString());
    checkArgument(name.matches(), "%s is not a checkpoint", path);
    long step = name.group(2) == null ? 0 : Long.parseLong(name.group(2));
    return (Long.parseLong(name.group(1)) << Integer.SIZE) + step;
  }

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
