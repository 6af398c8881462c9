package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;

/**
 * What a database may read and write: only what the program itself names.
 *
 * @param files single files, which need not exist yet
 * @param folders folders with all that is in them
 */
public record FileAccess(ImmutableList<Path> files, ImmutableList<Path> folders) {
  /** Nothing at all. */
  public static final FileAccess NONE = new FileAccess(ImmutableList.of(), ImmutableList.of());

  /** One file. */
  public static FileAccess file(Path file) {
    return new FileAccess(ImmutableList.of(file), ImmutableList.of());
  }

  /** The same and more files. */
  public FileAccess withFiles(Iterable<Path> more) {
    return new FileAccess(
        ImmutableList.<Path>builder().addAll(files).addAll(more).build(), folders);
  }

  /** The same and a folder. */
  public FileAccess withFolder(Path folder) {
    return new FileAccess(files, ImmutableList.<Path>builder().addAll(folders).add(folder).build());
  }
}
