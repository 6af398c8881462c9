package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.util.concurrent.Uninterruptibles;
import io.scenerank.data.DuckDb;
import io.scenerank.feature.EncodingFingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.duckdb.DuckDBChunkedResult;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBPreparedStatement;

/** A DuckDB database and a folder for what it keeps meanwhile. Not safe for concurrent use. */
final class WorkDatabase implements AutoCloseable {
  private static final long LOOK_EVERY = 200; // ms

  private final DuckDBConnection connection;
  private final PrepareOptions options;
  private final Path folder;
  private final List<String> notes = new ArrayList<>();
  private final IdFunction ids = new IdFunction();
  private int files;

  /** How a row of a result is read. */
  @FunctionalInterface
  interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /**
   * @param folder an empty one for temporary files, which the caller deletes
   * @param access what is read and written besides
   */
  WorkDatabase(PrepareOptions options, Path folder, DuckDb.Access access)
      throws SQLException, IOException {
    this.options = options;
    this.folder = folder;
    Path spill = Files.createDirectories(folder.resolve("spill"));
    this.connection =
        DuckDb.open(
            options.duckDb(), Optional.of(spill), access.withFolder(folder), this::configure);
  }

  private void configure(DuckDBConnection opened) throws SQLException {
    // A single thread cuts a file's row groups elsewhere than several do, which all cut alike.
    DuckDb.execute(opened, "SET threads = " + Math.max(2, threads(opened)));
    if (!options.memoryLimit().isEmpty()) {
      DuckDb.execute(opened, "SET memory_limit = " + DuckDb.text(options.memoryLimit()));
    }
    DuckDb.execute(opened, "SET TimeZone = 'UTC'");
    FingerprintFunction.register(opened);
    ids.register(opened);
    DuckDb.execute(opened, "SET enable_progress_bar = true");
    DuckDb.execute(opened, "SET enable_progress_bar_print = false");
  }

  private static long threads(DuckDBConnection opened) throws SQLException {
    try (Statement statement = opened.createStatement();
        ResultSet result = statement.executeQuery("SELECT current_setting('threads')")) {
      result.next();
      return result.getLong(1);
    }
  }

  /** Keeps a line about the rows that people should read. */
  void note(String line) {
    notes.add(line);
  }

  /** What was found worth a line. */
  ImmutableList<String> notes() {
    return ImmutableList.copyOf(notes);
  }

  /** Looks up ids of vocabularies. */
  IdFunction ids() {
    return ids;
  }

  DuckDBConnection connection() {
    return connection;
  }

  /** A file of the folder that nothing else is called. */
  Path newFile() {
    return folder.resolve("rows-" + files++ + ".parquet");
  }

  /** The rows of a Parquet file, in SQL. */
  static String rows(Path file) {
    return "read_parquet("
        + DuckDb.file(file)
        + ", file_row_number = true, hive_partitioning = false)";
  }

  void execute(String sql) throws SQLException {
    DuckDb.execute(connection, sql);
  }

  /** What is done with a row of a result. */
  @FunctionalInterface
  interface RowConsumer {
    void accept(ResultSet row) throws SQLException;
  }

  /** The rows of a result. */
  <T> ImmutableList<T> query(String sql, RowReader<T> reader) throws SQLException {
    ImmutableList.Builder<T> rows = ImmutableList.builder();
    forEach(sql, row -> rows.add(reader.read(row)));
    return rows.build();
  }

  /** Goes through the rows of a result, however many there are. */
  void forEach(String sql, RowConsumer consumer) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        consumer.accept(result);
      }
    }
  }

  /** What is done with some rows of a result. */
  @FunctionalInterface
  interface ChunkConsumer {
    void accept(DuckDBDataChunkReader chunk);
  }

  /** Goes through the rows of a large result without keeping them, many at a time. */
  void forEachChunk(String sql, ChunkConsumer consumer) throws SQLException {
    try (DuckDBPreparedStatement statement = connection.prepare(sql);
        DuckDBChunkedResult result = statement.query()) {
      while (result.nextChunk()) {
        consumer.accept(result.chunk());
      }
    }
  }

  /** The first number of a result. */
  long number(String sql) throws SQLException {
    return query(sql, row -> row.getLong(1)).get(0);
  }

  /** Name and type of each column of a query. */
  ImmutableMap<String, String> columns(String query) throws SQLException {
    ImmutableMap.Builder<String, String> columns = ImmutableMap.builder();
    query(
        "DESCRIBE " + query,
        row -> columns.put(row.getString("column_name"), row.getString("column_type")));
    return columns.buildOrThrow();
  }

  /** Writes a query's rows to a new file that is only read here. */
  Path keep(String query, Step step) throws SQLException {
    Path file = newFile();
    run("COPY (" + query + ") TO " + DuckDb.text(file.toString()) + " (FORMAT parquet)", step);
    return file;
  }

  /**
   * Writes a query's rows to a file of the result, in their order.
   *
   * @param fingerprint how they are encoded
   */
  void write(String query, Path file, EncodingFingerprint fingerprint, Step step)
      throws SQLException {
    run(DuckDb.toParquet(query, file, fingerprint), step);
  }

  /** Runs a statement and says meanwhile how far it is. */
  void run(String sql, Step step) throws SQLException {
    try (DuckDBPreparedStatement statement =
        connection.prepareStatement(sql).unwrap(DuckDBPreparedStatement.class)) {
      AtomicBoolean ended = new AtomicBoolean();
      Thread watch = new Thread(() -> watch(statement, step, ended), "scenerank-progress");
      watch.setDaemon(true);
      watch.start();
      try {
        statement.execute();
      } finally {
        ended.set(true);
        watch.interrupt();
        Uninterruptibles.joinUninterruptibly(watch);
      }
    }
    options.progress().at(step.name, step.total, step.total, step.unit);
  }

  private void watch(DuckDBPreparedStatement statement, Step step, AtomicBoolean ended) {
    while (!ended.get()) {
      try {
        TimeUnit.MILLISECONDS.sleep(LOOK_EVERY);
        double share = statement.getQueryProgress().getPercentage() / 100;
        if (share > 0 && share <= 1) {
          options.progress().at(step.name, (long) (share * step.total), step.total, step.unit);
        }
      } catch (InterruptedException | SQLException e) {
        return;
      }
    }
  }

  /** Says how far a step of many statements is. */
  void at(String step, long done, long total, String unit) {
    options.progress().at(step, done, total, unit);
  }

  /**
   * One long statement.
   *
   * @param total how much it goes through
   */
  record Step(String name, long total, String unit) {}

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
