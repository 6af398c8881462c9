package io.scenerank.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder with a few files that nobody was given, which tells whether anybody touched it. */
public final class Canary {
  /** A word that occurs only in its files. */
  public static final String WORD = "canary7351";

  private static final String TABLE = "user,city\n1," + WORD + "\n2," + WORD + "\n";

  private final Path folder;
  private final Watched watched;

  private Canary(Path folder, Watched watched) {
    this.folder = folder;
    this.watched = watched;
  }

  /** Makes the folder. */
  public static Canary in(Path folder) throws Exception {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("secret.csv"), TABLE);
    ParquetTable.write(
        folder.resolve("secret.parquet"), "SELECT '" + WORD + "' AS value, 1 AS id, 1 AS user");
    Files.createDirectory(folder.resolve("inner"));
    return new Canary(folder, Watched.of(folder));
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
    watched.requireUntouched(what);
  }
}
