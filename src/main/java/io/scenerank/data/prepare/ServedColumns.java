package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Longs;
import io.scenerank.feature.RawEncoding.RawFeature.NumberForm;
import io.scenerank.feature.RawEncoding.RawFeature.Spelling;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What the columns of an encoding hold, and whether a graph can encode them. */
final class ServedColumns {
  private static final Pattern NUMBER =
      Pattern.compile("(?i)[+-]?(([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[+-]?[0-9]+)?|inf(inity)?)");

  private final Encoding encoding;
  private final ImmutableMap<String, RawKind> kinds;
  private final ImmutableMap<String, StagedType> types;
  private final ImmutableMap<String, String> names;

  ServedColumns(Encoding encoding) {
    this.encoding = encoding;
    Map<String, RawKind> allKinds = new LinkedHashMap<>();
    Map<String, StagedType> allTypes = new LinkedHashMap<>();
    encoding.kinds().forEach((name, kind) -> allKinds.put(RawTables.small(name), kind));
    encoding.types().forEach((name, type) -> allTypes.put(RawTables.small(name), type));
    for (SideTable side : encoding.sides()) {
      for (RawTable.Column column : side.joining()) {
        allKinds.put(RawTables.small(side.nameOf(column)), column.kind());
        allTypes.put(RawTables.small(side.nameOf(column)), column.type());
      }
    }
    this.names =
        encoding.allKinds().keySet().stream()
            .collect(ImmutableMap.toImmutableMap(RawTables::small, name -> name));
    this.kinds = ImmutableMap.copyOf(allKinds);
    this.types = ImmutableMap.copyOf(allTypes);
  }

  /** What the raw column of a feature holds that a graph can encode. */
  RawKind kind(ColumnDescription column) {
    return requireNonNull(kinds.get(raw(column)), column.name());
  }

  /** The raw column of a feature, spelled as the rows had it. */
  String rawName(ColumnDescription column) {
    return requireNonNull(names.get(raw(column)), column.name());
  }

  private static String raw(ColumnDescription column) {
    return SqlNames.single(column.source()).orElseThrow();
  }

  /** Why a graph cannot encode a feature, as the end of a sentence; empty if it can. */
  Optional<String> refusal(ColumnDescription column) {
    if (SqlNames.single(column.source()).isEmpty()) {
      return Optional.of(
          "is the SQL expression '" + column.source() + "', expected a single column as source");
    }
    RawKind kind = kinds.get(raw(column));
    if (kind == null) {
      return Optional.of("is of a raw column that the file does not describe");
    }
    Optional<ValueFormat> format = encoding.description().rawFormats().find(raw(column));
    if (format.isPresent()) {
      return Optional.of(
          "is of a raw column in the format '"
              + format.get().name()
              + "', which a graph does not read");
    }
    if (column.weights() != null) {
      return Optional.of(
          "has weights in another column, expected them behind the values, with weight_delimiter");
    }
    if (column.hash() > 0 && encoding.hashFunction() == HashFunction.MD5_NUMBER_LOWER) {
      return Optional.of(
          "is hashed with MD5, as data sets of older versions are; prepare the data and train"
              + " again");
    }
    if (marksAreUnclear(column)) {
      return Optional.of(
          "holds numbers, and an older version did not record whether they were texts, to which the"
              + " numbers among missing_values apply; prepare the data again");
    }
    if (column.isNumber()) {
      return Optional.empty();
    }
    return switch (kind) {
      case DATE, TIMESTAMP ->
          Optional.of("holds dates or times, whose spellings a graph does not read");
      case NUMBER ->
          column.hash() > 0 || column.type() == ColumnDescription.Type.SEQUENCE
              ? Optional.of(
                  "holds numbers that are not integers as texts, whose spellings a graph does not"
                      + " read")
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** A vocabulary of any type has no mark. */
  private boolean marksAreUnclear(ColumnDescription column) {
    boolean asked = column.isNumber() || (column.hash() > 0 && kind(column) == RawKind.INTEGER);
    return asked && !types.containsKey(raw(column)) && !marks().isEmpty();
  }

  /** The spelling into which the texts of a feature's raw column are brought. */
  Spelling spelling(ColumnDescription column) {
    return switch (kind(column)) {
      case INTEGER -> Spelling.INTEGER;
      case BOOLEAN -> Spelling.BOOLEAN;
      default -> Spelling.AS_WRITTEN;
    };
  }

  /** What the texts of a feature look like that is a number. */
  NumberForm numberForm(ColumnDescription column) {
    return switch (kind(column)) {
      case BOOLEAN -> NumberForm.BOOLEAN;
      case DATE -> NumberForm.DATE;
      case TIMESTAMP -> NumberForm.TIMESTAMP;
      default -> NumberForm.NUMBER;
    };
  }

  /** The texts that mean a missing value of a feature. */
  ImmutableList<String> textMarks(ColumnDescription column) {
    return isText(column) ? encoding.description().missingValues() : ImmutableList.of();
  }

  /** The numbers that mean a missing value of a feature whose raw column holds texts. */
  ImmutableList<Double> numberMarks(ColumnDescription column) {
    return isText(column) ? marks() : ImmutableList.of();
  }

  /** The integers among them. */
  ImmutableList<Long> integerMarks(ColumnDescription column) {
    return isText(column)
        ? encoding.description().missingValues().stream()
            .map(Longs::tryParse)
            .filter(mark -> mark != null)
            .collect(ImmutableList.toImmutableList())
        : ImmutableList.of();
  }

  private boolean isText(ColumnDescription column) {
    StagedType type = types.get(raw(column));
    RawKind kind = kind(column);
    return type == null
        ? kind == RawKind.TEXT || kind == RawKind.LIST
        : type == StagedType.VARCHAR || type == StagedType.LIST;
  }

  private ImmutableList<Double> marks() {
    return encoding.description().missingValues().stream()
        .filter(mark -> NUMBER.matcher(mark).matches())
        .map(ServedColumns::number)
        .collect(ImmutableList.toImmutableList());
  }

  private static double number(String mark) {
    String small = RawTables.small(mark);
    return small.contains("inf")
        ? (small.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY)
        : Double.parseDouble(mark);
  }
}
