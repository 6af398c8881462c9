package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableSet;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds out what a column is most likely for, by its name and its values. */
final class RoleFinder {
  private static final ImmutableSet<String> USERS =
      NameSet.of("user uid userid member customer visitor viewer account");
  private static final ImmutableSet<String> ITEMS =
      NameSet.of(
          "item itemid iid video movie film product goods ad article news song track photo doc sku",
          "book shop creative");
  private static final ImmutableSet<String> SCENARIOS =
      NameSet.of(
          "tab domain scenario scene channel page surface section site market country placement",
          "slot");
  private static final ImmutableSet<String> CATEGORIES =
      NameSet.of(
          "id feat code type cat category tag level range degree status bin bucket class group");
  private static final Pattern OUTCOMES =
      Pattern.compile(
          ".*(play|stay|watch|view|dwell|read|listen)(ed|ing)?_?(time|ms|sec|duration|ratio).*");

  private static final int MOST_SCENARIOS = 100;
  private static final int FEW = 20;
  private static final int SMALL = 10;

  private RoleFinder() {}

  /** Whether a name tells what its column is for. */
  static boolean isKnown(NameWords name) {
    return LabelNames.isLabel(name)
        || LabelNames.isRating(name)
        || LabelNames.isEvent(name)
        || TimeGuess.isNamed(name)
        || name.hasAny(USERS)
        || name.hasAny(ITEMS)
        || name.hasAny(SCENARIOS)
        || name.hasAny(CATEGORIES);
  }

  static GuessedColumn find(ColumnFacts column) {
    Optional<GuessedLabel> label = LabelGuess.of(column);
    if (label.isPresent()) {
      return label(column, label.get());
    }
    if (column.profile().distinct() < 2) {
      return column.profile().distinct() == 1 && isScenario(column)
          ? GuessedColumn.of(column, ColumnRole.SCENARIO)
          : GuessedColumn.leftOut(
              column, column.profile().present() == 0 ? "always missing" : "one value only");
    }
    return compound(column)
        .or(() -> time(column))
        .or(() -> id(column))
        .or(() -> leftOut(column))
        .orElseGet(() -> GuessedColumn.of(column, feature(column)));
  }

  /** Vectors are dense columns if all are of one length. */
  private static Optional<GuessedColumn> compound(ColumnFacts column) {
    ColumnProfile profile = column.profile();
    return switch (profile.kind()) {
      case NESTED ->
          Optional.of(
              refused(column, "lists of lists, structs or maps; an expression can make a list"));
      case VECTOR ->
          Optional.of(
              profile.min() == profile.max()
                  ? GuessedColumn.of(column, ColumnRole.DENSE)
                  : refused(
                      column,
                      String.format(
                          Locale.ROOT,
                          "lists of %.0f to %.0f floats, which no model takes",
                          profile.min(),
                          profile.max())));
      default -> Optional.empty();
    };
  }

  private static GuessedColumn refused(ColumnFacts column, String why) {
    return GuessedColumn.leftOut(column, why)
        .noted("'" + column.profile().name() + "' is left out: it holds " + why);
  }

  private static GuessedColumn label(ColumnFacts column, GuessedLabel label) {
    boolean missing = column.profile().hasMissing();
    return label.understood()
        ? GuessedColumn.of(column, ColumnRole.LABEL)
            .because(missing ? "a label, " + GuessText.missing(column.profile()) : "a label")
            .labelled(label)
        : GuessedColumn.leftOut(column, "has the name of a label, but " + label.why())
            .labelled(label)
            .noted(
                "'"
                    + column.profile().name()
                    + "' is has the name of a label, but its values do not say what is a yes: "
                    + label.why());
  }

  private static Optional<GuessedColumn> time(ColumnFacts column) {
    String values = GuessText.values(column.profile());
    boolean counts = column.order().counts();
    return switch (TimeGuess.of(column)) {
      case NAMED -> Optional.of(time(column, "the time of a row; " + values));
      case LIKELY ->
          counts && column.profile().kind() == RawKind.INTEGER
              ? Optional.empty()
              : Optional.of(time(column, "looks like the time of a row; " + values));
      case NOT_UNDERSTOOD ->
          Optional.of(
              GuessedColumn.leftOut(column, "looks like a time of an unknown format; " + values)
                  .noted(
                      "'"
                          + column.profile().name()
                          + "' looks like a time of an unknown format, such as "
                          + column.profile().examples().get(0)
                          + "; an expression could convert it, as in split: {by: time, column:"
                          + " EXPRESSION}"));
      case NONE -> Optional.empty();
    };
  }

  private static GuessedColumn time(ColumnFacts column, String why) {
    return GuessedColumn.of(column, ColumnRole.TIME).because(why);
  }

  private static Optional<GuessedColumn> id(ColumnFacts column) {
    if (isSequence(column) || isOutcome(column)) {
      return Optional.empty();
    }
    boolean id = column.name().words().contains("id") || column.name().words().size() == 1;
    return id && column.name().hasAny(USERS)
        ? Optional.of(GuessedColumn.of(column, ColumnRole.USER))
        : id && column.name().hasAny(ITEMS)
            ? Optional.of(GuessedColumn.of(column, ColumnRole.ITEM))
            : isScenario(column)
                ? Optional.of(GuessedColumn.of(column, ColumnRole.SCENARIO))
                : Optional.empty();
  }

  private static Optional<GuessedColumn> leftOut(ColumnFacts column) {
    String values = GuessText.values(column.profile());
    return isOutcome(column)
        ? Optional.of(
            GuessedColumn.leftOut(
                column,
                "is probably not known at prediction time; delete the # if it is known then; "
                    + values))
        : isSequence(column)
            ? Optional.empty()
            : RowNumbers.reason(column)
                .map(why -> GuessedColumn.leftOut(column, why + "; " + values));
  }

  private static boolean isOutcome(ColumnFacts column) {
    return OUTCOMES.matcher(column.name().joined()).matches()
        || (LabelNames.isMeasured(column.name()) && !isSequence(column));
  }

  private static boolean isSequence(ColumnFacts column) {
    return column.profile().kind() == RawKind.LIST || !column.profile().delimiter().isEmpty();
  }

  private static boolean isScenario(ColumnFacts column) {
    RawKind kind = column.profile().kind();
    return column.profile().distinct() <= MOST_SCENARIOS
        && column.name().hasAny(SCENARIOS)
        && (kind == RawKind.TEXT || kind == RawKind.INTEGER);
  }

  private static ColumnRole feature(ColumnFacts column) {
    if (isSequence(column)) {
      return ColumnRole.SEQUENCE;
    }
    ColumnProfile profile = column.profile();
    boolean few = profile.distinct() <= FEW;
    return switch (profile.kind()) {
      case DATE, TIMESTAMP -> few ? ColumnRole.SPARSE : ColumnRole.BINNED;
      case INTEGER ->
          few || column.name().hasAny(CATEGORIES) ? ColumnRole.SPARSE : ColumnRole.BINNED;
      case NUMBER ->
          few
              ? ColumnRole.SPARSE
              : Math.abs(profile.min()) <= SMALL && Math.abs(profile.max()) <= SMALL
                  ? ColumnRole.DENSE
                  : ColumnRole.BINNED;
      default -> ColumnRole.SPARSE;
    };
  }
}
