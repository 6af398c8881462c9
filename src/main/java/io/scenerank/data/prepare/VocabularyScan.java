package io.scenerank.data.prepare;

import io.scenerank.config.InvalidInputException;
import io.scenerank.data.DuckDb;
import io.scenerank.feature.Vocabulary;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.BitSet;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBReadableVector;

/** Goes once through a vocabulary on the disk and collects its ids and its digest. */
final class VocabularyScan {
  private final String table;
  private final Path file;
  private final int known;
  private final long rows;
  private final IdTable ids;
  private final Vocabulary.Digest digest = new Vocabulary.Digest();
  private final BitSet taken = new BitSet();
  private long values;

  /**
   * @param known ids of the table, 0 among them; where there are more than values, some have none
   */
  private VocabularyScan(String table, Path file, int known, long rows) {
    this.table = table;
    this.file = file;
    this.known = known;
    this.rows = rows;
    this.ids = new IdTable(rows);
  }

  /**
   * A vocabulary that was read.
   *
   * @param size ids, 0 among them
   */
  record Loaded(IdTable ids, int size, String digest) {}

  /**
   * Reads a vocabulary.
   *
   * @throws InvalidInputException naming the file whose ids are not 1, 2, …, or the table that has
   *     no value
   */
  static Loaded load(WorkDatabase database, String table, Path file, int known)
      throws SQLException {
    long rows = database.number("SELECT count(*) FROM " + DuckDb.parquet(file));
    VocabularyScan scan = new VocabularyScan(table, file, known, rows);
    database.forEachChunk(query(file), scan::add);
    return scan.loaded();
  }

  /** The digest of a vocabulary. */
  static String digest(WorkDatabase database, Path file) throws SQLException {
    Vocabulary.Digest digest = new Vocabulary.Digest();
    database.forEachChunk(
        query(file),
        chunk -> {
          DuckDBReadableVector texts = chunk.vector(0);
          DuckDBReadableVector numbers = chunk.vector(1);
          for (long row = 0; row < chunk.rowCount(); row++) {
            if (!texts.isNull(row)) {
              digest.add(texts.getString(row), (int) numbers.getLong(row, 0));
            }
          }
        });
    return digest.digest();
  }

  private static String query(Path file) {
    return "SELECT CAST(value AS VARCHAR), CAST(id AS BIGINT) FROM " + DuckDb.parquet(file);
  }

  private void add(DuckDBDataChunkReader chunk) {
    DuckDBReadableVector texts = chunk.vector(0);
    DuckDBReadableVector numbers = chunk.vector(1);
    for (long row = 0; row < chunk.rowCount(); row++) {
      String text = texts.isNull(row) ? null : texts.getString(row);
      long id = numbers.getLong(row, 0);
      if (text != null && text.isEmpty() && id == 0) {
        continue; // the padding value
      }
      if (text == null || id < 1 || id > Math.max(known - 1, rows) || taken.get((int) id)) {
        throw wrong();
      }
      if (!ids.add(text, (int) id)) {
        throw wrong();
      }
      taken.set((int) id);
      digest.add(text, (int) id);
      values++;
    }
  }

  private Loaded loaded() {
    if (rows == 0) {
      throw new InvalidInputException(
          String.format(
              "vocabulary '%s': no value occurs often enough in the training rows; leave the column"
                  + " out or use a smaller min_count",
              table));
    }
    int size = Math.max(taken.length(), 1);
    if (size - 1 > values && size > known) {
      throw wrong();
    }
    return new Loaded(ids, Math.max(size, known), digest.digest());
  }

  private InvalidInputException wrong() {
    return new InvalidInputException(
        file + ": expected different values with the ids 1, 2, … as prepare writes them");
  }
}
