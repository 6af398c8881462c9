package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.data.DuckDb;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Guesses labels from columns with the name of a label. */
final class LabelGuess {
  private static final ImmutableSet<String> YES =
      NameSet.of("1 yes y true t on positive pos 是 有 oui si sí ja да");
  private static final ImmutableSet<String> NO =
      NameSet.of("0 -1 no n false f off negative neg 否 无 non nein нет");
  private static final ImmutableSet<String> GRADES =
      NameSet.of("label labels target y y_true response feedback");
  private static final double SHARE_OF_BEST = 0.8;
  private static final int BEST_GRADE = 10;
  private static final int MOST_PROPOSALS = 6;

  private LabelGuess() {}

  /** The labels of a column; empty if the column does not have the name of a label. */
  static Optional<GuessedLabel> of(ColumnFacts column) {
    if (column.profile().distinct() == 0) {
      return Optional.empty();
    }
    if (LabelNames.isLabel(column.name())) {
      return Optional.of(label(column));
    }
    if (LabelNames.isRating(column.name())) {
      return Optional.of(isBinary(column) || !isNumber(column) ? label(column) : rating(column));
    }
    return LabelNames.isEvent(column.name()) ? Optional.of(events(column)) : Optional.empty();
  }

  private static GuessedLabel label(ColumnFacts column) {
    ColumnProfile profile = column.profile();
    if (profile.distinct() == 1) {
      return GuessedLabel.unclear(present(column), "one value only, " + profile.examples().get(0));
    }
    return switch (profile.kind()) {
      case BOOLEAN -> GuessedLabel.of(name(column), column.sql(), "true and false");
      case INTEGER, NUMBER -> number(column);
      case TEXT -> text(column);
      case DATE, TIMESTAMP, LIST, VECTOR, NESTED ->
          GuessedLabel.unclear(present(column), values(column));
    };
  }

  /** That a value is there, where it is missing in other rows. */
  private static ImmutableList<GuessedLabel.Task> present(ColumnFacts column) {
    return column.profile().hasMissing()
        ? ImmutableList.of(task(column, column.sql() + " IS NOT NULL"))
        : ImmutableList.of();
  }

  private static GuessedLabel number(ColumnFacts column) {
    ColumnProfile profile = column.profile();
    String min = shortest(profile.min());
    String max = shortest(profile.max());
    if (isBinary(column)) {
      return GuessedLabel.of(name(column), column.sql(), "0 and 1");
    }
    if (profile.distinct() == 2 && (isRange(profile, -1, 1) || isRange(profile, 1, 2))) {
      return GuessedLabel.of(
          name(column),
          column.sql() + " = " + max,
          min + " and " + max + ": the larger one is yes");
    }
    if (profile.min() == 0 && profile.examples().contains("0")) {
      return GuessedLabel.of(
          name(column), column.sql() + " > 0", "0 to " + max + ": all above 0 are yes");
    }
    if (GRADES.contains(column.name().joined())
        && profile.kind() == RawKind.INTEGER
        && profile.min() >= 1
        && profile.max() <= BEST_GRADE) {
      return rating(column);
    }
    return GuessedLabel.unclear(proposals(column), values(column));
  }

  private static boolean isBinary(ColumnFacts column) {
    return column.profile().distinct() == 2
        && column.profile().kind() == RawKind.INTEGER
        && isRange(column.profile(), 0, 1);
  }

  private static boolean isRange(ColumnProfile profile, double min, double max) {
    return profile.min() == min && profile.max() == max;
  }

  private static boolean isNumber(ColumnFacts column) {
    RawKind kind = column.profile().kind();
    return kind == RawKind.INTEGER || kind == RawKind.NUMBER;
  }

  private static GuessedLabel rating(ColumnFacts column) {
    ColumnProfile profile = column.profile();
    if (!Double.isFinite(profile.min()) || !Double.isFinite(profile.max()) || profile.max() <= 0) {
      return GuessedLabel.unclear(proposals(column), values(column));
    }
    double share = SHARE_OF_BEST * profile.max();
    double threshold = profile.kind() == RawKind.INTEGER ? Math.ceil(share) : share;
    return GuessedLabel.of(
        "high_" + name(column),
        column.sql() + " >= " + shortest(threshold > profile.min() ? threshold : profile.max()),
        shortest(profile.min()) + " to " + shortest(profile.max()));
  }

  /** Texts that say yes and no. */
  private static GuessedLabel text(ColumnFacts column) {
    List<String> yes = spelled(column, YES);
    List<String> no = spelled(column, NO);
    if (!yes.isEmpty() && !no.isEmpty() && yes.size() + no.size() == column.values().size()) {
      return GuessedLabel.of(
          name(column),
          isOneOf(column, yes),
          String.join(", ", yes) + " and " + String.join(", ", no));
    }
    return events(column);
  }

  private static List<String> spelled(ColumnFacts column, ImmutableSet<String> words) {
    return column.values().stream()
        .filter(v -> words.contains(v.toLowerCase(Locale.ROOT)))
        .toList();
  }

  private static String isOneOf(ColumnFacts column, List<String> values) {
    List<String> texts = values.stream().map(DuckDb::text).toList();
    return texts.size() == 1
        ? column.sql() + " = " + texts.get(0)
        : column.sql() + " IN (" + String.join(", ", texts) + ")";
  }

  /** A task for each value with the name of a label: of pv, cart and buy, the last two. */
  private static GuessedLabel events(ColumnFacts column) {
    ImmutableList<GuessedLabel.Task> tasks =
        column.profile().kind() == RawKind.TEXT && column.values().size() > 1
            ? column.values().stream()
                .filter(LabelNames::isTask)
                .map(v -> new GuessedLabel.Task(v, isOneOf(column, List.of(v))))
                .collect(ImmutableList.toImmutableList())
            : ImmutableList.of();
    return tasks.isEmpty()
        ? GuessedLabel.unclear(proposals(column), values(column))
        : new GuessedLabel(tasks, true, String.join(", ", column.values()));
  }

  /** What the label could be. */
  private static ImmutableList<GuessedLabel.Task> proposals(ColumnFacts column) {
    if (column.values().isEmpty()) {
      return ImmutableList.of(task(column, column.sql() + (isNumber(column) ? " > 0" : " = '…'")));
    }
    return column.values().stream()
        .limit(MOST_PROPOSALS)
        .map(v -> task(column, column.sql() + " = " + (isNumber(column) ? v : DuckDb.text(v))))
        .collect(ImmutableList.toImmutableList());
  }

  private static GuessedLabel.Task task(ColumnFacts column, String sql) {
    return new GuessedLabel.Task(name(column), sql);
  }

  private static String values(ColumnFacts column) {
    return column.values().isEmpty()
        ? GuessText.values(column.profile())
        : String.join(", ", column.values());
  }

  private static String name(ColumnFacts column) {
    return column.name().plain();
  }

  /** A number without {@code .0} where it is an integer. */
  private static String shortest(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }
}
