package io.scenerank.data;

import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.feature.EncodingFingerprint;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.duckdb.DuckDBConnection;

/** How the rows of a Parquet file were encoded, as the file itself says it in its metadata. */
final class FileFingerprint {
  private static final String KEY = "scenerank.fingerprint";

  private final DuckDbOptions options;

  FileFingerprint(DuckDbOptions options) {
    this.options = options;
  }

  /**
   * Reads a file's fingerprint.
   *
   * @return empty for a file of another program
   * @throws InvalidInputException if it is missing, no Parquet file or its fingerprint is damaged
   */
  EncodingFingerprint read(Path file) {
    FileStamp.of(file); // It is there.
    String query = String.format("SELECT decode(value) FROM %s", entries(DuckDb.file(file)));
    try (DuckDBConnection connection =
            DuckDb.open(options, Optional.empty(), DuckDb.Access.file(file));
        Statement statement = connection.createStatement();
        ResultSet values = statement.executeQuery(query)) {
      return values.next() ? parse(values.getString(1), file) : EncodingFingerprint.NONE;
    } catch (SQLException e) {
      throw new InvalidInputException(
          file + ": cannot be read as Parquet (" + DuckDb.reason(e) + ")", e);
    }
  }

  /**
   * The fingerprints of Parquet files, as what follows FROM: a row with {@code file_name} and
   * {@code value} for each file that has one.
   *
   * @param files a text or a list of texts, in SQL
   */
  static String entries(String files) {
    return String.format(
        "(SELECT file_name, value FROM parquet_kv_metadata(%s) WHERE key = CAST(%s AS BLOB))",
        files, DuckDb.text(KEY));
  }

  private static EncodingFingerprint parse(String json, Path file) {
    ConfigMapper mapper = new ConfigMapper();
    String where = file + ": " + KEY;
    return mapper.convert(mapper.parse(json, where), EncodingFingerprint.class, where);
  }

  /** The option of COPY that writes a fingerprint into a Parquet file; empty for none. */
  static String option(EncodingFingerprint fingerprint) {
    return fingerprint.isEmpty()
        ? ""
        : String.format(
            ", KV_METADATA {%s: %s}",
            DuckDb.text(KEY), DuckDb.text(new ConfigMapper().toTree(fingerprint).toString()));
  }
}
