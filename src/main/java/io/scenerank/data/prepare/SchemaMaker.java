package io.scenerank.data.prepare;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.DefaultGroups.Role;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.FeatureColumn.Combiner;
import io.scenerank.feature.Schema;
import java.util.List;
import java.util.stream.Stream;

/** Makes the schema of what a description becomes. */
final class SchemaMaker {
  /** What the id 0 of the scenario is called. */
  static final String UNSEEN = "unseen";

  private final Description description;
  private final Vocabularies vocabularies;
  private final DefaultGroups groups;

  /**
   * @param groups of columns whose description names none
   */
  SchemaMaker(Description description, Vocabularies vocabularies, DefaultGroups groups) {
    this.description = description;
    this.vocabularies = vocabularies;
    this.groups = groups;
  }

  /**
   * @param source how it was made, for people
   * @param scenarios the scenarios' values, in the order of their ids from 1
   */
  Schema make(String source, List<String> scenarios) {
    return new Schema(
            description.name(),
            source,
            description.columns().stream()
                .flatMap(this::features)
                .collect(ImmutableList.toImmutableList()),
            description.labels().keySet().asList(),
            scenario(description, scenarios),
            description.user(),
            vocabularies.files())
        .withTargets(LabelColumns.of(description).targets());
  }

  /**
   * The scenarios' names.
   *
   * @param values the scenarios' values, in the order of their ids from 1
   */
  static Schema.Scenario scenario(Description description, List<String> values) {
    ImmutableMap<String, String> names = description.scenario().names();
    ImmutableList.Builder<String> all = ImmutableList.<String>builder().add(UNSEEN);
    values.forEach(value -> all.add(names.getOrDefault(value, value)));
    return new Schema.Scenario(description.scenario().column(), all.build());
  }

  /** The columns that a described one becomes. */
  private Stream<Schema.Column> features(ColumnDescription column) {
    if (!column.isWeighted()) {
      return Stream.of(new Schema.Column(feature(column), column.groups()));
    }
    return Stream.of(
        new Schema.Column(feature(column).withWeights(column.weightsName()), column.groups()),
        new Schema.Column(
            FeatureColumn.dense(column.weightsName(), column.maxLen()), ImmutableMap.of()));
  }

  private FeatureColumn feature(ColumnDescription column) {
    if (column.isText()) {
      return FeatureColumn.text(column.name(), column.maxLen(), size(column));
    }
    boolean sequence = column.type() == ColumnDescription.Type.SEQUENCE;
    boolean dense = column.type() == ColumnDescription.Type.DENSE;
    return new FeatureColumn(
        column.name(),
        column.embName(),
        description.embDim(column),
        dense ? 0 : size(column),
        column.group() == null ? groups(column) : column.group(),
        dense ? ColumnType.DENSE : sequence ? ColumnType.VARLEN_SPARSE : ColumnType.SPARSE,
        column.maxLen(),
        column.dimension(),
        Combiner.parse(
            column.name(),
            column.combiner() == null ? (sequence ? "mean" : "") : column.combiner()),
        sequence,
        column.l2Reg(),
        // A drawn row would say nothing and stay, where training does not change the table.
        description.isFrozen(column) ? "zeros" : "uniform",
        !description.isFrozen(column),
        null);
  }

  /** Rows of the column's table; the id 0 has one too. */
  private int size(ColumnDescription column) {
    if (column.hasVocabulary() || column.isText()) {
      return requireNonNull(vocabularies.sizes().get(column.embName()), column.embName());
    }
    return 1 + (column.hash() > 0 ? column.hash() : column.bins());
  }

  private ImmutableList<String> groups(ColumnDescription column) {
    if (column.name().equals(description.scenario().column())) {
      return groups.of(Role.SCENARIO);
    }
    if (column.name().equals(description.user())) {
      return groups.of(Role.USER);
    }
    return groups.of(column.type() == ColumnDescription.Type.SPARSE ? Role.SPARSE : Role.OTHER);
  }
}
