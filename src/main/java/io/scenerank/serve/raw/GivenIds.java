package io.scenerank.serve.raw;

import io.scenerank.feature.FeatureColumn;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads ids as they are, of a model whose data had no raw values: one a row, or the last ones of a
 * list.
 */
final class GivenIds implements CellReader {
  private final FeatureColumn column;

  GivenIds(FeatureColumn column) {
    this.column = column;
  }

  @Override
  public void read(@Nullable Object value, int row, Block block) {
    List<?> list = value == null ? null : Values.list(value);
    if (column.type() != FeatureColumn.ColumnType.VARLEN_SPARSE) {
      block.set(row, id(value));
    } else if (value != null) {
      block.begin();
      for (Object one : list == null ? List.of(value) : list) {
        block.add(id(one), 1);
      }
      block.end(row);
    }
  }

  private int id(@Nullable Object value) {
    if (value == null) {
      return 0;
    }
    if (value instanceof Number number) {
      double id = number.doubleValue();
      if (id >= 0 && id < column.vocabSize() && id == Math.rint(id)) {
        return (int) id;
      }
    }
    throw WrongValueException.of(
        value, String.format(Locale.ROOT, "an id in [0, %d)", column.vocabSize()));
  }
}
