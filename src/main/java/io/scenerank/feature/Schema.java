package io.scenerank.feature;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.files.InnerPath;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a prepared data set holds.
 *
 * @param name name of the data set
 * @param source how it was made, for people: the source and its options
 * @param columns the feature columns and, for each model, the groups that they join
 * @param tasks label columns, in the order of the models' outputs
 * @param scenario the column that distinguishes the scenarios, and their names by id
 * @param userColumn the column whose id is the user of GAUC
 * @param vocabularies file of raw value → id for each table that has one, inside the folder
 * @param fingerprint tells whether other data is encoded alike; empty where that is not known
 * @param targets what the labels of the tasks are
 * @param pretrained file of raw value → embedding for each table that begins with pretrained ones,
 *     inside the folder
 */
@JsonPropertyOrder("format")
@PublicApi
public record Schema(
    @JsonProperty("name") String name,
    @JsonProperty("source") String source,
    @JsonProperty("feature_columns") ImmutableList<Column> columns,
    @JsonProperty("tasks") ImmutableList<String> tasks,
    @JsonProperty("scenario") Scenario scenario,
    @JsonProperty("user_column") String userColumn,
    @JsonProperty("vocabularies") ImmutableMap<String, String> vocabularies,
    @JsonProperty("fingerprint") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        EncodingFingerprint fingerprint,
    @JsonProperty("targets") @JsonInclude(JsonInclude.Include.NON_EMPTY) Targets targets,
    @JsonProperty("pretrained") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        ImmutableMap<String, String> pretrained) {

  private static final int FORMAT = 1;

  /** The column of the scenario id and the scenarios' names, by id. */
  public record Scenario(
      @JsonProperty("column") String column, @JsonProperty("names") ImmutableList<String> names) {

    @JsonCreator
    static Scenario fromJson(
        @JsonProperty("column") String column,
        @JsonProperty("names") @Nullable List<String> names) {
      return new Scenario(column, names == null ? ImmutableList.of() : ImmutableList.copyOf(names));
    }

    /** The scenario's name, or its id where it has none. */
    public String nameOf(int id) {
      return id >= 0 && id < names.size() ? names.get(id) : Integer.toString(id);
    }
  }

  /**
   * A feature column and the groups it joins in each model; a model that is not named takes the
   * column's own {@link FeatureColumn#group}, and leaves the column out when that is empty too.
   */
  @JsonSerialize(using = ColumnJson.Serializer.class)
  @JsonDeserialize(using = ColumnJson.Deserializer.class)
  public record Column(FeatureColumn column, ImmutableMap<String, ImmutableList<String>> groups) {

    /** The groups of the column in this model. */
    public ImmutableList<String> groupsOf(String model) {
      return groups.getOrDefault(model, column.group());
    }
  }

  /**
   * @throws InvalidInputException naming what is missing or occurs twice
   */
  public Schema {
    require(!tasks.isEmpty(), "tasks is empty, expected at least one label column");
    require(ImmutableSet.copyOf(tasks).size() == tasks.size(), "a task occurs twice in " + tasks);
    require(!columns.isEmpty(), "feature_columns is empty");
    PackedLayout.of(columns.stream().map(Column::column).toList()).requireWeights();
    require(scenario != null && scenario.column() != null, "scenario.column is missing");
    require(userColumn != null, "user_column is missing");
    for (String column : List.of(scenario.column(), userColumn)) {
      List<String> sparse =
          columns.stream()
              .map(Column::column)
              .filter(c -> c.type() == ColumnType.SPARSE)
              .map(FeatureColumn::name)
              .toList();
      require(
          sparse.contains(column),
          "'" + column + "' is not a sparse feature column" + SpellingHint.hint(column, sparse));
    }
    targets.requireTasks(tasks);
    for (String weight : targets.weightColumns(tasks)) {
      require(
          !tasks.contains(weight)
              && columns.stream().noneMatch(c -> c.column().name().equals(weight)),
          "sample_weight: '" + weight + "' is a task or a feature column too");
    }
    vocabularies.forEach(
        (table, file) -> InnerPath.require("schema: vocabulary '" + table + "'", file));
    pretrained.forEach(
        (table, file) -> {
          InnerPath.require("schema: pretrained '" + table + "'", file);
          require(
              vocabularies.containsKey(table),
              "pretrained: the table '" + table + "' has no vocabulary");
        });
  }

  /** A schema of data about whose encoding nothing is known. */
  public Schema(
      String name,
      String source,
      ImmutableList<Column> columns,
      ImmutableList<String> tasks,
      Scenario scenario,
      String userColumn,
      ImmutableMap<String, String> vocabularies) {
    this(
        name,
        source,
        columns,
        tasks,
        scenario,
        userColumn,
        vocabularies,
        EncodingFingerprint.NONE,
        Targets.NONE,
        ImmutableMap.of());
  }

  /** The same schema with another fingerprint. */
  public Schema withFingerprint(EncodingFingerprint other) {
    return with(source, other, targets, pretrained);
  }

  /** The same schema of other labels. */
  public Schema withTargets(Targets other) {
    return with(source, fingerprint, other, pretrained);
  }

  /** The same schema of rows that came from elsewhere. */
  public Schema withSource(String other) {
    return with(other, fingerprint, targets, pretrained);
  }

  /** The same schema with other files of pretrained embeddings, by table. */
  public Schema withPretrained(ImmutableMap<String, String> other) {
    return with(source, fingerprint, targets, other);
  }

  private Schema with(
      String newSource,
      EncodingFingerprint newFingerprint,
      Targets newTargets,
      ImmutableMap<String, String> newPretrained) {
    return new Schema(
        name,
        newSource,
        columns,
        tasks,
        scenario,
        userColumn,
        vocabularies,
        newFingerprint,
        newTargets,
        newPretrained);
  }

  /** The version of the file's form that this library reads and writes. */
  @JsonProperty("format")
  int format() {
    return FORMAT;
  }

  @JsonCreator
  static Schema fromJson(
      @JsonProperty("format") @Nullable Integer format,
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("source") @Nullable String source,
      @JsonProperty("feature_columns") @Nullable List<Column> columns,
      @JsonProperty("tasks") @Nullable List<String> tasks,
      @JsonProperty("scenario") Scenario scenario,
      @JsonProperty("user_column") String userColumn,
      @JsonProperty("vocabularies") @Nullable Map<String, String> vocabularies,
      @JsonProperty("fingerprint") @Nullable EncodingFingerprint fingerprint,
      @JsonProperty("targets") @Nullable Targets targets,
      @JsonProperty("pretrained") @Nullable Map<String, String> pretrained) {
    require(
        format == null || format == FORMAT,
        "format is " + format + ", this version reads " + FORMAT);
    return new Schema(
        name == null ? "unnamed" : name,
        source == null ? "" : source,
        columns == null ? ImmutableList.of() : ImmutableList.copyOf(columns),
        tasks == null ? ImmutableList.of() : ImmutableList.copyOf(tasks),
        scenario,
        userColumn,
        vocabularies == null ? ImmutableMap.of() : ImmutableMap.copyOf(vocabularies),
        fingerprint == null ? EncodingFingerprint.NONE : fingerprint,
        targets == null ? Targets.NONE : targets,
        pretrained == null ? ImmutableMap.of() : ImmutableMap.copyOf(pretrained));
  }

  /** Every column, each in its own {@code group}. */
  public PackedLayout layout() {
    return PackedLayout.of(columns.stream().map(Column::column).toList());
  }

  /**
   * The columns that {@code model} reads, with the groups that they join there; the weights of a
   * sequence need none.
   *
   * @throws InvalidInputException if the model reads no column
   */
  public ImmutableList<FeatureColumn> columnsFor(String model) {
    Set<String> weights =
        columns.stream()
            .filter(column -> !column.groupsOf(model).isEmpty())
            .map(column -> column.column().weights())
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    ImmutableList<FeatureColumn> read =
        columns.stream()
            .filter(
                column ->
                    !column.groupsOf(model).isEmpty() || weights.contains(column.column().name()))
            .map(column -> column.column().withGroup(column.groupsOf(model)))
            .collect(ImmutableList.toImmutableList());
    require(!read.isEmpty(), "no feature column has a group for the model '" + model + "'");
    return read;
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new InvalidInputException("schema: " + problem);
    }
  }
}
