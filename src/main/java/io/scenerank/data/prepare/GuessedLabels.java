package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which labels a guess takes, and of which rows.
 *
 * @param taken columns whose labels are taken
 * @param where the rows that have the label, if it is missing in some; else {@code true}
 * @param others columns whose labels are proposed in comments
 */
record GuessedLabels(
    ImmutableList<GuessedColumn> taken, String where, ImmutableList<GuessedColumn> others) {

  static GuessedLabels of(List<GuessedColumn> columns) {
    List<GuessedColumn> labels = columns.stream().filter(c -> c.label().isPresent()).toList();
    List<GuessedColumn> understood =
        labels.stream().filter(c -> c.role() == ColumnRole.LABEL).toList();
    ImmutableList<GuessedColumn> complete =
        understood.stream()
            .filter(c -> !c.profile().hasMissing())
            .collect(ImmutableList.toImmutableList());
    Optional<GuessedColumn> single =
        complete.isEmpty()
            ? understood.stream().max(Comparator.comparingLong(c -> c.profile().present()))
            : Optional.empty();
    ImmutableList<GuessedColumn> taken = single.map(ImmutableList::of).orElse(complete);
    return new GuessedLabels(
        taken,
        single.map(c -> c.facts().sql() + " IS NOT NULL").orElse(Description.ALL_ROWS),
        labels.stream().filter(c -> !taken.contains(c)).collect(ImmutableList.toImmutableList()));
  }

  /** What people should not miss. */
  ImmutableList<String> notes() {
    ImmutableList.Builder<String> notes = ImmutableList.builder();
    if (!where.equals(Description.ALL_ROWS)) {
      GuessedColumn label = taken.get(0);
      notes.add(
          String.format(
              "the label '%s' is missing in some rows (%s), which 'where' leaves out",
              label.name(), GuessText.missing(label.profile())));
    }
    others.stream()
        .filter(c -> c.role() == ColumnRole.LABEL)
        .map(
            c ->
                String.format(
                    "'%s' looks like a label too, but is missing in some rows (%s); it is left out",
                    c.name(), GuessText.missing(c.profile())))
        .forEach(notes::add);
    return notes.build();
  }
}
