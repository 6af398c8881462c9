package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * By what rule the values of a table get ids.
 *
 * @param table {@code emb_name} of its columns
 * @param columns those that share it
 * @param minCount how often a value occurs in training rows to get an id
 * @param eviction which values lose theirs
 */
record VocabularyRule(
    String table, ImmutableList<ColumnDescription> columns, int minCount, Eviction eviction) {

  /** The rules of all tables of a description, in the order of their first columns. */
  static ImmutableList<VocabularyRule> of(Description description) {
    Map<String, ImmutableList.Builder<ColumnDescription>> tables = new LinkedHashMap<>();
    for (ColumnDescription column : description.columns()) {
      if (column.hasVocabulary()) {
        tables.computeIfAbsent(column.embName(), t -> ImmutableList.builder()).add(column);
      }
    }
    return tables.entrySet().stream()
        .map(table -> of(description, table.getKey(), table.getValue().build()))
        .collect(ImmutableList.toImmutableList());
  }

  /** The names of scenarios are by id, and a report of an earlier day shows them: they stay. */
  private static VocabularyRule of(
      Description description, String table, ImmutableList<ColumnDescription> columns) {
    ColumnDescription first = columns.get(0);
    Predicate<ColumnDescription> isScenario =
        column -> column.name().equals(description.scenario().column());
    return new VocabularyRule(
        table,
        columns,
        description.minCount(first),
        columns.stream().anyMatch(isScenario) ? Eviction.NEVER : description.eviction(first));
  }

  /** Whether the values of all columns of the table are integers. */
  boolean areIntegers(List<FeatureValue> features) {
    return features.stream()
        .filter(feature -> columns.contains(feature.column()))
        .allMatch(FeatureValue::integers);
  }
}
