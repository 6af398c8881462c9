package io.scenerank.data;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.PackedLayout;
import io.scenerank.feature.Schema;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a row of {@link PackedRows} carries.
 *
 * @param layout where each feature's values lie
 * @param tasks the labels, in order; empty if the rows have none
 * @param userColumn the sparse column whose id is the user, if known
 * @param scenarioColumn the sparse column whose id is the scenario, if known
 * @param texts of each column of texts, the texts of its ids; empty until rows are read
 */
public record RowFormat(
    PackedLayout layout,
    ImmutableList<String> tasks,
    Optional<String> userColumn,
    Optional<String> scenarioColumn,
    ImmutableMap<String, ImmutableList<String>> texts) {

  /** A format whose texts are not known, or without any. */
  public RowFormat(
      PackedLayout layout,
      ImmutableList<String> tasks,
      Optional<String> userColumn,
      Optional<String> scenarioColumn) {
    this(layout, tasks, userColumn, scenarioColumn, ImmutableMap.of());
  }

  /** Every column of the schema, with its labels. */
  public static RowFormat of(Schema schema) {
    return new RowFormat(
        schema.layout(),
        schema.tasks(),
        Optional.of(schema.userColumn()),
        Optional.of(schema.scenario().column()));
  }

  /** Features alone: no labels, and neither users nor scenarios known. */
  public static RowFormat features(PackedLayout layout) {
    return new RowFormat(layout, ImmutableList.of(), Optional.empty(), Optional.empty());
  }

  /** The same format without labels, for prediction. */
  public RowFormat withoutLabels() {
    return new RowFormat(layout, ImmutableList.of(), userColumn, scenarioColumn, texts);
  }

  /** The same format with the texts of the columns of texts. */
  public RowFormat withTexts(ImmutableMap<String, ImmutableList<String>> found) {
    return new RowFormat(layout, tasks, userColumn, scenarioColumn, found);
  }

  /**
   * The texts of a column's ids.
   *
   * @throws InvalidInputException if they are not known
   */
  public ImmutableList<String> textsOf(String column) {
    ImmutableList<String> found = texts.get(column);
    if (found == null) {
      throw new InvalidInputException(
          "feature '" + column + "': the texts of its ids are not known, expected a data set");
    }
    return found;
  }

  /**
   * Checks that rows have what a model reads.
   *
   * @param model the model's columns
   * @param tasks the model's tasks; empty for prediction
   * @throws InvalidInputException naming a column or task that the rows lack, or a column that is
   *     of another type, width or vocabulary there
   */
  public void requireReads(PackedLayout model, List<String> tasks) {
    Projection.of(this, model, tasks);
  }

  /**
   * The position of each task's label in a row.
   *
   * @throws InvalidInputException naming a task that has no label in the rows
   */
  public int[] taskPositions(List<String> tasks) {
    return Projection.taskPositions(this, tasks);
  }

  /** The same format with these features and labels alone, besides the user and the scenario. */
  RowFormat only(Set<String> features, Set<String> labels) {
    Set<String> kept = new HashSet<>(features);
    userColumn.ifPresent(kept::add);
    scenarioColumn.ifPresent(kept::add);
    return new RowFormat(
        PackedLayout.of(
            layout.columns().stream().filter(column -> kept.contains(column.name())).toList()),
        tasks.stream().filter(labels::contains).collect(ImmutableList.toImmutableList()),
        userColumn,
        scenarioColumn,
        texts);
  }

  /** Position among a row's ids of the column of this name; -1 if there is no name. */
  int position(Optional<String> column) {
    return column.map(name -> layout.offset(layout.column(name))).orElse(-1);
  }
}
