package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.Causes;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.EncodingFingerprint;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/**
 * Opens in-memory DuckDB databases that keep the order of rows, and writes names, texts and files
 * in SQL.
 */
public final class DuckDb {
  /** Rows of a row group of the files that are written here: the smallest part that is read. */
  static final int ROW_GROUP_ROWS = 20_480;

  private static final String CAUSE = "Error: ";
  private static final String CSV_CAUSE = "CSV Error on Line";
  private static final int CSV_LINES = 3;
  private static final Pattern PATTERN_MARK = Pattern.compile("[*?\\[]");

  private DuckDb() {}

  /**
   * What a database may read and write: only what the program itself names.
   *
   * @param files single files, which need not exist yet
   * @param folders folders with all that is in them
   */
  public record Access(ImmutableList<Path> files, ImmutableList<Path> folders) {
    /** Nothing at all. */
    public static final Access NONE = new Access(ImmutableList.of(), ImmutableList.of());

    /** One file. */
    public static Access file(Path file) {
      return new Access(ImmutableList.of(file), ImmutableList.of());
    }

    /** The same and more files. */
    public Access withFiles(Iterable<Path> more) {
      return new Access(ImmutableList.<Path>builder().addAll(files).addAll(more).build(), folders);
    }

    /** The same and a folder. */
    public Access withFolder(Path folder) {
      return new Access(files, ImmutableList.<Path>builder().addAll(folders).add(folder).build());
    }
  }

  /** What is set before a database is locked. */
  @FunctionalInterface
  public interface Setup {
    /** Sets it. */
    void on(DuckDBConnection connection) throws SQLException;
  }

  /**
   * Opens an empty in-memory database that reads and writes only the given files and folders, with
   * any SQL; nothing of that can be changed later.
   *
   * @param spill folder for what does not fit in memory; without one nothing is written to disk
   */
  public static DuckDBConnection open(DuckDbOptions options, Optional<Path> spill, Access access)
      throws SQLException {
    return open(options, spill, access, connection -> {});
  }

  /**
   * The same.
   *
   * @param setup sets more
   */
  public static DuckDBConnection open(
      DuckDbOptions options, Optional<Path> spill, Access access, Setup setup) throws SQLException {
    DuckDBConnection connection = open(options, spill);
    try {
      setup.on(connection);
      // The order counts: what may be read cannot be changed any more once access is off.
      execute(connection, "SET allowed_directories = " + texts(readable(access.folders())));
      execute(connection, "SET allowed_paths = " + texts(readable(access.files())));
      execute(connection, "SET enable_external_access = false");
      execute(connection, "SET lock_configuration = true");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Opens an empty in-memory database that may read and write any file: for SQL that is nobody
   * else's.
   */
  public static DuckDBConnection open(DuckDbOptions options, Optional<Path> spill)
      throws SQLException {
    Properties settings = new Properties();
    settings.setProperty("preserve_insertion_order", "true");
    settings.setProperty("temp_directory", spill.map(Path::toString).orElse(""));
    settings.setProperty("autoload_known_extensions", "false");
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("allow_community_extensions", "false");
    settings.setProperty("allow_persistent_secrets", "false");
    int threads =
        options.threads() > 0 ? options.threads() : Runtime.getRuntime().availableProcessors();
    settings.setProperty("threads", Integer.toString(threads));
    return connect(settings);
  }

  /** DuckDB unpacks its native library into the temporary folder when its first class is loaded. */
  private static DuckDBConnection connect(Properties settings) throws SQLException {
    try {
      return new DuckDBDriver().connect("jdbc:duckdb:", settings).unwrap(DuckDBConnection.class);
    } catch (LinkageError e) {
      throw new SQLException(
          String.format(
              "DuckDB's native library cannot be unpacked into %s and loaded (%s); name a folder"
                  + " that can be written, with 100 MB of room, by -Djava.io.tmpdir",
              System.getProperty("java.io.tmpdir"), Causes.ofFiles(e).orElse(e.getMessage())),
          e);
    }
  }

  /** Files are read by a pattern that only they match, and written by their name. */
  private static Stream<Path> readable(List<Path> paths) {
    return paths.stream().flatMap(path -> Stream.of(path, Path.of(pattern(path)))).distinct();
  }

  private static String texts(Stream<Path> paths) {
    return paths.map(path -> text(path.toString())).collect(Collectors.joining(", ", "[", "]"));
  }

  /** Runs one statement that has no result. */
  public static void execute(DuckDBConnection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Copies a query's rows to a Parquet file in row groups small enough for several readers. */
  public static void copyToParquet(DuckDBConnection connection, String query, Path file)
      throws SQLException {
    execute(connection, toParquet(query, file, EncodingFingerprint.NONE));
  }

  /**
   * The statement of {@link #copyToParquet}.
   *
   * @param fingerprint how the rows are encoded, which the file says then; or none
   */
  public static String toParquet(String query, Path file, EncodingFingerprint fingerprint) {
    // Else DuckDB writes tmp_NAME first where the file exists, which it may not do here.
    return String.format(
        Locale.ROOT,
        "COPY (%s) TO %s (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE %d,"
            + " USE_TMP_FILE false%s)",
        query,
        text(file.toString()),
        ROW_GROUP_ROWS,
        FileFingerprint.option(fingerprint));
  }

  /**
   * What Parquet files say of how their rows are encoded, as what follows FROM: a row with {@code
   * file_name} and {@code value} for each file that says it.
   *
   * @param files a text or a list of texts, in SQL
   */
  public static String fingerprints(String files) {
    return FileFingerprint.entries(files);
  }

  /** A quoted name. */
  public static String name(String name) {
    return '"' + withoutZero(name).replace("\"", "\"\"") + '"';
  }

  /** A quoted text. */
  public static String text(String text) {
    return '\'' + withoutZero(text).replace("'", "''") + '\'';
  }

  /** SQL ends at a character 0, and the rest is ignored. */
  private static String withoutZero(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new InvalidInputException(
          "'" + text.replace('\0', '�') + "' has a character 0, expected none in names and texts");
    }
    return text;
  }

  /** A file to read, in SQL; DuckDB would take {@code [1]} in its name for a pattern. */
  public static String file(Path file) {
    return text(pattern(file));
  }

  /** The rows of one of our own Parquet files; the folders above it say nothing about them. */
  public static String parquet(Path file) {
    return "read_parquet(" + file(file) + ", hive_partitioning = false)";
  }

  /** The rows of a vocabulary in SQL: CSV where the name ends so, whose columns are texts then. */
  public static String vocabulary(Path file) {
    return isCsv(file)
        ? "read_csv(" + file(file) + ", header = true, all_varchar = true, nullstr = '\\N')"
        : parquet(file);
  }

  static boolean isCsv(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
  }

  private static String pattern(Path file) {
    return PATTERN_MARK.matcher(file.toString()).replaceAll("[$0]");
  }

  /** The failure as one line about the file. */
  static IOException failure(Path file, SQLException e) {
    return new IOException(file + ": " + reason(e), e);
  }

  /** The line of DuckDB's message that says what is wrong. */
  public static String reason(SQLException e) {
    List<String> lines =
        String.valueOf(e.getMessage()).lines().filter(line -> !line.isBlank()).toList();
    // The first three lines say what is wrong with a line of CSV: where, what, what was expected.
    if (!lines.isEmpty() && lines.get(0).contains(CSV_CAUSE)) {
      String reason =
          lines.stream().limit(CSV_LINES).map(String::trim).collect(Collectors.joining("; "));
      return reason.substring(reason.indexOf(CSV_CAUSE));
    }
    // A failure on the way to a result wraps its reason: "Invalid Input Error: …", "Error: reason".
    return lines.stream()
        .filter(line -> line.startsWith(CAUSE))
        .map(line -> line.substring(CAUSE.length()))
        .findFirst()
        .orElse(lines.isEmpty() ? "unknown failure" : lines.get(0).trim());
  }

  /**
   * How DuckDB works. No result depends on it.
   *
   * @param threads threads that it takes, 0 for one a core
   */
  public record DuckDbOptions(int threads) {
    /** One thread a core. */
    public static final DuckDbOptions DEFAULT = new DuckDbOptions(0);

    /**
     * @throws InvalidInputException if {@code threads} is negative
     */
    public DuckDbOptions {
      if (threads < 0) {
        throw new InvalidInputException("threads is " + threads + ", expected 0 or more");
      }
    }
  }
}
