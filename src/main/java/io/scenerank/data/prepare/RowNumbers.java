package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds columns that number rows or name each of them: what a model learns from them it cannot use
 * in new rows, and where the rows of a file are sorted they give the label away.
 */
final class RowNumbers {
  private static final ImmutableSet<String> INDEXES =
      NameSet.of(
          "index idx row rows row_id row_no row_num row_number row_index rownum rownumber rowid rn",
          "line line_no line_number lineno sequence_number seq_no serial serial_no no nr 序号 uuid"
              + " guid",
          "request_id req_id requestid log_id logid event_id eventid impression_id impressionid",
          "trace_id traceid record_id recordid sample_id sampleid transaction_id rid column0 c0");
  // What pandas, R and Spark call the index of a table.
  private static final Pattern UNNAMED =
      Pattern.compile("(?i)unnamed:? *[0-9]+.*|_*index_level_[0-9]+_*|level_0|index");

  private static final ImmutableSet<String> MEASURES =
      NameSet.of(
          "num number count cnt price amount cost fee age duration length len size width height",
          "weight income salary revenue sales budget balance distance value rate ratio share score",
          "total sum avg mean std ms sec seconds days minutes hours popularity views plays");

  private static final int ENOUGH_ROWS = 50;
  private static final int FEW = 20;
  private static final double NEARLY_ALL = 0.9;
  private static final double HALF = 0.5;
  private static final double SOME = 0.1;
  // An index that starts again in each of a few files.
  private static final double RESTARTED = 0.2;

  private RowNumbers() {}

  /** Why a column is left out; empty where it is not. */
  static Optional<String> reason(ColumnFacts column) {
    if (isIndexName(column)) {
      return Optional.of("has the name of a row number or id, " + values(column));
    }
    long distinct = column.profile().distinct();
    if (column.order().counts()
        && distinct > FEW
        && distinct > RESTARTED * column.profile().present()) {
      return Optional.of("counts from row to row");
    }
    if (distinct > FEW && isSorted(column)) {
      return Optional.of("only rises or only falls from row to row, like a row number");
    }
    return isTooDifferent(column)
        ? Optional.of("another value in nearly every row")
        : Optional.empty();
  }

  private static boolean isIndexName(ColumnFacts column) {
    return (isUnique(column) && INDEXES.contains(column.name().joined()))
        || ((isUnique(column) || column.profile().distinct() > FEW)
            && UNNAMED.matcher(column.profile().name()).matches());
  }

  private static String values(ColumnFacts column) {
    return isUnique(column) ? "another value in every row" : "many values";
  }

  private static boolean isUnique(ColumnFacts column) {
    return column.profile().distinct() == column.profile().present();
  }

  private static boolean isSorted(ColumnFacts column) {
    RawKind kind = column.profile().kind();
    boolean number = kind == RawKind.INTEGER || kind == RawKind.NUMBER;
    double different = (double) column.profile().distinct() / column.profile().present();
    return (different > SOME && column.order().isSorted())
        || (different > HALF && number && !isMeasure(column) && column.order().isNearlySorted());
  }

  private static boolean isMeasure(ColumnFacts column) {
    return column.name().hasAny(MEASURES);
  }

  private static boolean isTooDifferent(ColumnFacts column) {
    ColumnProfile profile = column.profile();
    if (profile.rows() < ENOUGH_ROWS) {
      return false;
    }
    return switch (profile.kind()) {
      case TEXT -> profile.distinct() > NEARLY_ALL * profile.present();
      case INTEGER -> isUnique(column) && !isMeasure(column);
      default -> false;
    };
  }
}
