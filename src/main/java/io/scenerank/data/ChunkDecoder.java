package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import io.scenerank.feature.InvalidInputException;
import java.util.Locale;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBReadableVector;

/** Copies chunks of selected columns into packed rows and checks every value on the way. */
final class ChunkDecoder {
  private final String file;
  private final RowFormat format;
  private final ImmutableList<ParquetPlan.Selection> selections;
  private final int[] idLimits;
  private final RowStore store;

  ChunkDecoder(
      String file,
      RowFormat format,
      ImmutableList<ParquetPlan.Selection> selections,
      RowStore store) {
    this.file = file;
    this.format = format;
    this.selections = selections;
    this.idLimits = format.layout().idLimits();
    this.store = store;
  }

  /** Appends the chunk's rows. */
  void append(DuckDBDataChunkReader chunk) {
    int rows = Math.toIntExact(chunk.rowCount());
    int first = store.grow(rows);
    for (int i = 0; i < selections.size(); i++) {
      ParquetPlan.Selection selection = selections.get(i);
      DuckDBReadableVector vector = chunk.vector(i);
      switch (selection.kind()) {
        case LENGTH -> checkLengths(selection, vector, first, rows);
        case ID -> copyIds(selection, vector, first, rows);
        default -> copyNumbers(selection, vector, first, rows);
      }
    }
  }

  private void checkLengths(
      ParquetPlan.Selection selection, DuckDBReadableVector vector, int first, int rows) {
    for (int i = 0; i < rows; i++) {
      long length = vector.getLong(i, -1);
      if (length != selection.position()) {
        throw length < 0
            ? missing(selection, first + i)
            : invalid(
                selection,
                first + i,
                "list of " + length + " values, expected " + selection.position());
      }
    }
  }

  private void copyIds(
      ParquetPlan.Selection selection, DuckDBReadableVector vector, int first, int rows) {
    int position = selection.position();
    int limit = idLimits[position];
    for (int i = 0; i < rows; i++) {
      long id = vector.getLong(i, Long.MIN_VALUE);
      if (id < 0 || id >= limit) {
        throw vector.isNull(i)
            ? missing(selection, first + i)
            : format.layout().outOfVocabulary(file, first + i, position, id);
      }
      store.setId(first + i, position, (int) id);
    }
  }

  private void copyNumbers(
      ParquetPlan.Selection selection, DuckDBReadableVector vector, int first, int rows) {
    for (int i = 0; i < rows; i++) {
      double value = vector.getDouble(i, Double.NaN);
      if (Double.isNaN(value) && vector.isNull(i)) {
        throw missing(selection, first + i);
      }
      int row = first + i;
      switch (selection.kind()) {
        case DENSE -> {
          check(Float.isFinite((float) value), selection, row, "a finite float", value);
          store.setDense(row, selection.position(), (float) value);
        }
        case LABEL -> {
          check(value == 0 || value == 1, selection, row, "0 or 1", value);
          store.setLabel(row, selection.position(), (float) value);
        }
        default -> {
          check(value >= 0 && value <= 1, selection, row, "a probability in [0, 1]", value);
          store.setTruth(row, selection.position(), (float) value);
        }
      }
    }
  }

  private void check(
      boolean good, ParquetPlan.Selection selection, int row, String expected, double found) {
    if (!good) {
      throw invalid(selection, row, "found " + found + ", expected " + expected);
    }
  }

  private InvalidInputException missing(ParquetPlan.Selection selection, int row) {
    return invalid(selection, row, "found NULL, expected a value");
  }

  private InvalidInputException invalid(ParquetPlan.Selection selection, int row, String problem) {
    String what =
        switch (selection.kind()) {
          case LENGTH, ID, DENSE -> "feature";
          case LABEL, PROBABILITY -> selection.kind().name().toLowerCase(Locale.ROOT);
        };
    return new InvalidInputException(
        String.format("%s: %s '%s', row %d: %s", file, what, selection.name(), row, problem));
  }
}
