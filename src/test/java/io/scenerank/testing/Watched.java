package io.scenerank.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * Tells whether anything in a folder was read, listed or changed, by the times of access; where the
 * file system keeps none, by what was written alone.
 */
public final class Watched {
  private static final FileTime CHANGED = FileTime.from(Instant.parse("2020-01-02T00:00:00Z"));
  private static final FileTime READ = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

  /** What is found and not by its content. */
  private static final String FOLDER = "";

  private final Path folder;
  private final ImmutableMap<Path, String> contents;
  private final boolean timed;

  private Watched(Path folder, ImmutableMap<Path, String> contents, boolean timed) {
    this.folder = folder;
    this.contents = contents;
    this.timed = timed;
  }

  /** Watches a folder, in which there is at least one file, from now on. */
  public static Watched of(Path folder) throws IOException {
    ImmutableMap<Path, String> contents = contents(folder);
    Watched watched = new Watched(folder, contents, new Watched(folder, contents, false).sees());
    watched.set();
    return watched;
  }

  /** Whether the file system tells that a file was read. */
  private boolean sees() throws IOException {
    set();
    Path file = contents.keySet().stream().filter(Files::isRegularFile).findFirst().orElseThrow();
    Files.readAllBytes(file);
    return !accessed(file).equals(READ);
  }

  /** Checks that nothing was read, listed or written since the last time. */
  public void requireUntouched(String what) throws IOException {
    if (timed) {
      for (Path path : contents.keySet()) {
        assertThat(accessed(path)).as("%s: last access of %s", what, path).isEqualTo(READ);
      }
    }
    assertThat(contents(folder)).as(what).isEqualTo(contents);
    set();
  }

  private static ImmutableMap<Path, String> contents(Path folder) throws IOException {
    ImmutableMap.Builder<Path, String> contents = ImmutableMap.builder();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.toList()) {
        contents.put(
            path,
            Files.isDirectory(path)
                ? FOLDER
                : MoreFiles.asByteSource(path).hash(Hashing.sha256()).toString());
      }
    }
    return contents.buildOrThrow();
  }

  private void set() throws IOException {
    for (Path path : contents.keySet()) {
      view(path).setTimes(CHANGED, READ, null);
    }
  }

  private static FileTime accessed(Path path) throws IOException {
    return view(path).readAttributes().lastAccessTime();
  }

  private static BasicFileAttributeView view(Path path) throws IOException {
    BasicFileAttributeView view = Files.getFileAttributeView(path, BasicFileAttributeView.class);
    if (view == null) {
      throw new FileSystemException(path.toString(), null, "no times");
    }
    return view;
  }
}
