package io.scenerank.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * A folder with a few files that nobody was given. It tells whether anything in it was read, listed
 * or changed, by the times of access; where the file system keeps none, by what was written alone.
 */
public final class Canary {
  /** A word that stands in its files and nowhere else. */
  public static final String WORD = "canary7351";

  private static final String TABLE = "user,city\n1," + WORD + "\n2," + WORD + "\n";
  private static final FileTime CHANGED = FileTime.from(Instant.parse("2020-01-02T00:00:00Z"));
  private static final FileTime READ = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

  private final Path folder;
  private final boolean timed;

  private Canary(Path folder, boolean timed) {
    this.folder = folder;
    this.timed = timed;
  }

  /** Makes the folder. */
  public static Canary in(Path folder) throws Exception {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("secret.csv"), TABLE);
    ParquetTable.write(
        folder.resolve("secret.parquet"), "SELECT '" + WORD + "' AS value, 1 AS id, 1 AS user");
    Files.createDirectory(folder.resolve("inner"));
    boolean timed = new Canary(folder, false).sees();
    Canary canary = new Canary(folder, timed);
    canary.set();
    return canary;
  }

  /** Whether the file system tells that a file was read. */
  private boolean sees() throws IOException {
    set();
    Files.readString(csv());
    return !accessed(csv()).equals(READ);
  }

  /** A CSV of users. */
  public Path csv() {
    return folder.resolve("secret.csv");
  }

  /** A Parquet file of values with ids. */
  public Path parquet() {
    return folder.resolve("secret.parquet");
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** A file of the folder that is not there. */
  public Path absent() {
    return folder.resolve("absent.csv");
  }

  /** Checks that nothing in the folder was read, listed or written. */
  public void requireUntouched(String what) throws IOException {
    if (timed) {
      for (Path path : all()) {
        assertThat(accessed(path)).as("%s: last access of %s", what, path).isEqualTo(READ);
      }
    }
    try (Stream<Path> children = Files.walk(folder)) {
      assertThat(children).as(what).containsExactlyInAnyOrder(all());
    }
    assertThat(csv()).as(what).hasContent(TABLE);
    set();
  }

  private Path[] all() {
    return new Path[] {folder, csv(), parquet(), folder.resolve("inner")};
  }

  private void set() throws IOException {
    for (Path path : all()) {
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
