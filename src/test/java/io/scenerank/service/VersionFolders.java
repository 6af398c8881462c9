package io.scenerank.service;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.export.SmallModel;
import io.scenerank.serve.Features;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.stream.Stream;

/** A base folder whose versions are copies of the small model, and rows of it. */
final class VersionFolders {
  private final Path base;

  VersionFolders(Path base) {
    this.base = base;
  }

  Path base() {
    return base;
  }

  /** A version as an export makes it: by one rename. */
  Path export(long version) {
    Path staged = base.resolve("staged");
    copy(SmallModel.get().folder(), staged);
    return move(staged, base.resolve(Long.toString(version)));
  }

  /** A version of another program: without the description that an export of ours has. */
  Path foreign(long version) {
    Path folder = base.resolve(Long.toString(version));
    copy(SmallModel.get().folder(), folder);
    delete(folder.resolve("assets.extra/scenerank.json"));
    return folder;
  }

  /** A version whose checkpoint is cut off. */
  Path damaged(long version) {
    Path staged = base.resolve("staged");
    copy(SmallModel.get().folder(), staged);
    cut(staged.resolve("variables/variables.index"));
    return move(staged, base.resolve(Long.toString(version)));
  }

  static void cut(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path path) {
    try {
      MoreFiles.deleteRecursively(path, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path move(Path from, Path to) {
    try {
      return Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Rows of the small model, from one of its rows on. */
  static Features rows(int from, int count) {
    return SmallModel.features(from, count);
  }
}
