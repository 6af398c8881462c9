package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.RowSource.RowFormat;
import io.scenerank.feature.Targets.Target;
import java.nio.IntBuffer;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBReadableVector;

/**
 * Copies chunks of selected columns into packed rows and checks every value on the way. A tile of
 * rows is filled column by column while it is in the processor's nearest cache.
 */
final class ChunkDecoder {
  private final String file;
  private final RowFormat format;
  private final ImmutableList<ParquetPlan.Selection> selections;
  private final int[] idLimits;
  private final RowStore store;
  private final IntUnaryOperator fileRow;

  /**
   * @param fileRow the number in the file of a row in the store, for messages
   */
  ChunkDecoder(
      String file,
      RowFormat format,
      ImmutableList<ParquetPlan.Selection> selections,
      RowStore store,
      IntUnaryOperator fileRow) {
    this.file = file;
    this.format = format;
    this.selections = selections;
    this.idLimits = format.layout().idLimits();
    this.store = store;
    this.fileRow = fileRow;
  }

  /** Appends the chunk's rows. */
  void append(DuckDBDataChunkReader chunk) {
    int rows = Math.toIntExact(chunk.rowCount());
    int first = store.grow(rows);
    int end = first + rows;
    for (int from = first; from < end; from = RowStore.nextTile(from)) {
      append(chunk, first, from, Math.min(end, RowStore.nextTile(from)));
    }
  }

  /** Rows of one tile, {@code from} to {@code to}, of a chunk whose first row is {@code first}. */
  private void append(DuckDBDataChunkReader chunk, int first, int from, int to) {
    for (int i = 0; i < selections.size(); i++) {
      ParquetPlan.Selection selection = selections.get(i);
      DuckDBReadableVector vector = chunk.vector(i);
      switch (selection.kind()) {
        case LENGTH -> checkLengths(selection, vector, first, from, to);
        case ID -> copyIds(selection, vector, first, from, to);
        default -> copyNumbers(selection, vector, first, from, to);
      }
    }
  }

  private void checkLengths(
      ParquetPlan.Selection selection, DuckDBReadableVector vector, int first, int from, int to) {
    for (int row = from; row < to; row++) {
      long length = vector.getLong(row - first, -1);
      if (length != selection.position()) {
        throw length < 0
            ? missing(selection, row)
            : invalid(
                selection, row, "list of " + length + " values, expected " + selection.position());
      }
    }
  }

  private void copyIds(
      ParquetPlan.Selection selection, DuckDBReadableVector vector, int first, int from, int to) {
    int position = selection.position();
    int limit = idLimits[position];
    IntBuffer ids = store.ids(from);
    int index = store.idIndex(from, position);
    for (int row = from; row < to; row++) {
      long id = vector.getLong(row - first, Long.MIN_VALUE);
      if (id < 0 || id >= limit) {
        throw vector.isNull(row - first)
            ? missing(selection, row)
            : format.layout().outOfVocabulary(file, fileRow.applyAsInt(row), position, id);
      }
      ids.put(index, (int) id);
      index += idLimits.length;
    }
  }

  private void copyNumbers(
      ParquetPlan.Selection selection, DuckDBReadableVector vector, int first, int from, int to) {
    Target target =
        selection.kind() == ParquetPlan.Kind.LABEL
            ? format.targets().of(selection.name())
            : Target.WEIGHT;
    boolean mayMiss = target.mayMiss();
    String expected = target.expected();
    for (int row = from; row < to; row++) {
      double value = vector.getDouble(row - first, Double.NaN);
      if (Double.isNaN(value) && !mayMiss && vector.isNull(row - first)) {
        throw missing(selection, row);
      }
      switch (selection.kind()) {
        case DENSE -> {
          int position = selection.position();
          check(
              format.layout().takesDense(position, value),
              selection,
              row,
              format.layout().expectedDense(position),
              value);
          store.setDense(row, selection.position(), (float) value);
        }
        case LABEL -> {
          check(target.takes(value), selection, row, expected, value);
          store.setLabel(row, selection.position(), (float) value);
        }
        case WEIGHT -> {
          check(target.takes(value), selection, row, expected, value);
          store.setWeight(row, selection.position(), (float) value);
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
          case WEIGHT -> "sample weight";
          case LABEL, PROBABILITY -> selection.kind().name().toLowerCase(Locale.ROOT);
        };
    return new InvalidInputException(
        String.format(
            Locale.ROOT,
            "%s: %s '%s', row %d: %s",
            file,
            what,
            selection.name(),
            fileRow.applyAsInt(row),
            problem));
  }
}
