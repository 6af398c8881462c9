package io.scenerank.run.days;

import io.scenerank.files.AtomicFolder;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of the numbered SavedModels, as TF Serving watches one: a version appears whole. Its
 * files are those of the run (hard links), where the file system has such.
 */
record ServedVersions(Path folder) {

  /** Gives a SavedModel a number, unless that is there already. */
  void add(int version, Path savedModel) throws IOException {
    Path target = folder.resolve(Integer.toString(version));
    if (!Files.exists(target)) {
      AtomicFolder.write(target, false, content -> link(savedModel, content));
    }
  }

  private static void link(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(from)) {
      files = walk.filter(file -> !file.equals(from)).toList();
    }
    for (Path file : files) {
      Path target = to.resolve(from.relativize(file).toString());
      if (Files.isDirectory(file)) {
        Files.createDirectories(target);
      } else {
        linkOrCopy(file, target);
      }
    }
  }

  private static void linkOrCopy(Path file, Path target) throws IOException {
    try {
      Files.createLink(target, file);
    } catch (UnsupportedOperationException | FileSystemException e) {
      // The file system has no hard links, or no more of this file. If the file or the disk is the
      // problem, copying says so.
      Files.copy(file, target);
    }
  }

  /** Deletes the folders that are not among those to keep. */
  static void deleteOthers(Path parent, Set<String> kept) throws IOException {
    if (!Files.isDirectory(parent)) {
      return;
    }
    List<Path> others;
    try (Stream<Path> children = Files.list(parent)) {
      others =
          children
              .filter(child -> !kept.contains(child.getFileName().toString()))
              .sorted()
              .toList();
    }
    for (Path other : others) {
      AtomicFolder.delete(other);
    }
  }
}
