package io.scenerank.bench;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that is gone once it is closed. */
final class TempFolder implements AutoCloseable {
  private final Path path;

  /** Makes it where the system keeps such folders. */
  public TempFolder() throws IOException {
    this.path = Files.createTempDirectory("scenerank-bench");
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    MoreFiles.deleteRecursively(path, RecursiveDeleteOption.ALLOW_INSECURE);
  }
}
