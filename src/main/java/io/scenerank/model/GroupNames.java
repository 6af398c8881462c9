package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Multimaps;
import io.scenerank.config.SpellingHint;
import io.scenerank.feature.FeatureColumn.Combiner;
import io.scenerank.feature.Schema;
import io.scenerank.model.ModelParams.ModelInputs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds columns that no model reads: in a group that none of them knows, or in none at all.
 *
 * @param models models that are known by name
 * @param known groups that are read
 */
record GroupNames(ImmutableSet<String> models, ImmutableSet<String> known) {

  /** These groups and those of one more model. */
  public GroupNames with(ModelInputs inputs) {
    return new GroupNames(
        models, ImmutableSet.<String>builder().addAll(known).addAll(inputs.groupNames()).build());
  }

  /** Lines about the columns of a data set, for any model. */
  public ImmutableList<String> notes(Schema schema) {
    return notes(schema.columns(), this::groupsOfAll);
  }

  /** Lines about the columns of a data set, as one model has them. */
  public ImmutableList<String> notes(Schema schema, String model) {
    return notes(schema.columns(), column -> column.groupsOf(model));
  }

  /** The groups of a column for the models of the registry; those of others are theirs to know. */
  private ImmutableList<String> groupsOfAll(Schema.Column column) {
    return Stream.concat(
            column.column().group().stream(),
            column.groups().entrySet().stream()
                .filter(entry -> models.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .flatMap(Collection::stream))
        .collect(ImmutableList.toImmutableList());
  }

  /** The groups of a column. */
  private interface Groups {
    ImmutableList<String> of(Schema.Column column);
  }

  private ImmutableList<String> notes(List<Schema.Column> columns, Groups groups) {
    List<String> notes = new ArrayList<>();
    ImmutableListMultimap.Builder<String, String> unknown = ImmutableListMultimap.builder();
    Set<String> weights =
        columns.stream()
            .map(column -> column.column().weights())
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    for (Schema.Column column : columns) {
      String name = column.column().name();
      if (groups.of(column).isEmpty()
          && column.groups().isEmpty()
          && !isAlwaysRead(column)
          && !weights.contains(name)) {
        notes.add("column '" + name + "' is not in any group, so that no model reads it");
      }
      ImmutableSet.copyOf(groups.of(column)).stream()
          .filter(group -> !known.contains(group))
          .forEach(group -> unknown.put(group, name));
    }
    Multimaps.asMap(unknown.build()).forEach((group, names) -> notes.add(unknown(group, names)));
    return ImmutableList.copyOf(notes);
  }

  private String unknown(String group, List<String> columns) {
    return String.format(
        "no model here reads the group '%s', in which %s %s%s",
        group,
        columns.size() == 1 ? "is the column" : "are the columns",
        String.join(", ", columns),
        SpellingHint.hint(group, known));
  }

  /** Sequences for attention are read in any group, texts by their name. */
  private static boolean isAlwaysRead(Schema.Column column) {
    return column.column().isText() || column.column().combiner().contains(Combiner.MHA);
  }
}
