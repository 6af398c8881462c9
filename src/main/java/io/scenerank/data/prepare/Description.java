package io.scenerank.data.prepare;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Sets;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of raw rows: the content of the YAML that {@code prepare --config} takes.
 *
 * @param name name of the data set
 * @param columns the features
 * @param labels a task's label each
 * @param scenario the column that distinguishes the scenarios
 * @param user the sparse column whose id is the user of GAUC
 * @param split which rows are for testing
 * @param joins side tables
 * @param where which rows are taken at all, an SQL expression
 * @param missingValues texts that mean a missing value, besides the empty one
 * @param minCount how often a value occurs in the training rows to get an id
 * @param embDim width of embeddings
 * @param evict which values lose their ids; null: none
 * @param formats of raw columns whose values are not recognised by themselves
 * @param sampleWeight SQL, how much a row counts for each task; empty where all count alike
 * @param csv how CSV files are written: the keys {@code delimiter, header, names, quote, escape}
 */
record Description(
    @JsonProperty("name") String name,
    @JsonProperty("columns") ImmutableList<ColumnDescription> columns,
    @JsonProperty("labels") ImmutableMap<String, LabelDescription> labels,
    @JsonProperty("scenario") ScenarioDescription scenario,
    @JsonProperty("user") String user,
    @JsonProperty("split") SplitDescription split,
    @JsonProperty("joins") ImmutableList<JoinDescription> joins,
    @JsonProperty("where") String where,
    @JsonProperty("missing_values") ImmutableList<String> missingValues,
    @JsonProperty("min_count") int minCount,
    @JsonProperty("emb_dim") int embDim,
    @JsonProperty("evict") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Eviction evict,
    @JsonProperty("formats") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        ImmutableMap<String, ValueFormat> formats,
    @JsonProperty("sample_weight") @JsonInclude(JsonInclude.Include.NON_EMPTY) String sampleWeight,
    @JsonIgnore CsvDescription csv)
    implements CsvKeys {

  private static final int EMBEDDING_WIDTH = 8;

  /** Takes every row. */
  static final String ALL_ROWS = "true";

  /**
   * The scenario and the user become columns where the list has none of their name.
   *
   * @throws InvalidInputException naming what is missing, occurs twice or is out of range
   */
  public Description {
    require(!labels.isEmpty(), "labels is missing, expected an expression for each task");
    require(scenario != null, "scenario is missing, expected the column of the scenarios");
    require(user != null && !user.isEmpty(), "user is missing, expected the column of the users");
    require(minCount > 0, "min_count is " + minCount + ", expected at least 1");
    require(embDim > 0, "emb_dim is " + embDim + ", expected at least 1");
    columns = withColumn(withColumn(columns, scenario.column()), user);
    requireNames(
        columns,
        Sets.union(labels.keySet(), new LabelColumns(labels, sampleWeight).weightColumns()));
    for (String role : new String[] {scenario.column(), user}) {
      ColumnDescription column = find(columns, role);
      require(
          column.type() == ColumnDescription.Type.SPARSE && column.bins() == 0,
          "'" + role + "' is the scenario or the user, expected a sparse column without bins");
    }
    require(
        find(columns, scenario.column()).hasVocabulary(),
        "'" + scenario.column() + "' is the scenario, expected a column that is not hashed");
    requireTables(columns);
    requirePretrained(columns);
  }

  /** One of the columns that share a table says what it begins with, or several the same. */
  private static void requirePretrained(ImmutableList<ColumnDescription> columns) {
    Map<String, ColumnDescription> tables = new HashMap<>();
    for (ColumnDescription column : columns) {
      if (column.pretrained() != null) {
        ColumnDescription other = tables.putIfAbsent(column.embName(), column);
        require(
            other == null || column.pretrained().equals(other.pretrained()),
            String.format(
                "columns '%s' and '%s' share the table '%s' but differ in pretrained",
                other == null ? "" : other.name(), column.name(), column.embName()));
      }
    }
  }

  /** Columns that share a table share its ids, so that they must get them in one way. */
  private static void requireTables(ImmutableList<ColumnDescription> columns) {
    Map<String, ColumnDescription> tables = new HashMap<>();
    for (ColumnDescription column : columns) {
      ColumnDescription other =
          column.type() == ColumnDescription.Type.DENSE
              ? null
              : tables.putIfAbsent(column.embName(), column);
      require(
          other == null
              || (column.bins() == 0
                  && other.bins() == 0
                  && column.hash() == other.hash()
                  && column.type() != ColumnDescription.Type.TEXT
                  && other.type() != ColumnDescription.Type.TEXT
                  && Objects.equals(column.minCount(), other.minCount())
                  && Objects.equals(column.evict(), other.evict())),
          String.format(
              "columns '%s' and '%s' share the table '%s' but differ in hash, min_count or evict, or"
                  + " have bins or texts",
              other == null ? "" : other.name(), column.name(), column.embName()));
    }
  }

  private static ImmutableList<ColumnDescription> withColumn(
      ImmutableList<ColumnDescription> columns, String name) {
    return columns.stream().anyMatch(column -> column.name().equals(name))
        ? columns
        : ImmutableList.<ColumnDescription>builder()
            .addAll(columns)
            .add(ColumnDescription.sparse(name))
            .build();
  }

  /** DuckDB tells names apart without regard to case, so nothing may differ in case alone. */
  private static void requireNames(ImmutableList<ColumnDescription> columns, Set<String> tasks) {
    Set<String> names = new HashSet<>();
    for (ColumnDescription column : columns) {
      require(
          names.add(column.name().toLowerCase(Locale.ROOT)),
          "column '" + column.name() + "' occurs twice");
    }
    for (ColumnDescription column : columns) {
      require(
          !column.isWeighted() || names.add(column.weightsName().toLowerCase(Locale.ROOT)),
          "the weights of the column '"
              + column.name()
              + "' become the column '"
              + column.weightsName()
              + "', which is there; give one another name");
    }
    for (String task : tasks) {
      require(
          names.add(task.toLowerCase(Locale.ROOT)),
          "'" + task + "' is a label and another label or column; give one another name");
    }
  }

  private static ColumnDescription find(ImmutableList<ColumnDescription> columns, String name) {
    return columns.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  @JsonCreator
  static Description fromJson(
      @JsonProperty("name") @Nullable String name,
      @JsonProperty("columns") @Nullable List<ColumnDescription> columns,
      @JsonProperty("labels") @Nullable ImmutableMap<String, LabelDescription> labels,
      @JsonProperty("scenario") ScenarioDescription scenario,
      @JsonProperty("user") String user,
      @JsonProperty("split") @Nullable SplitDescription split,
      @JsonProperty("joins") @Nullable List<JoinDescription> joins,
      @JsonProperty("where") @Nullable String where,
      @JsonProperty("missing_values") @Nullable List<String> missingValues,
      @JsonProperty("min_count") @Nullable Integer minCount,
      @JsonProperty("emb_dim") @Nullable Integer embDim,
      @JsonProperty("evict") @Nullable Eviction evict,
      @JsonProperty("formats") @Nullable ImmutableMap<String, ValueFormat> formats,
      @JsonProperty("sample_weight") @Nullable String sampleWeight,
      @JsonProperty("delimiter") String delimiter,
      @JsonProperty("header") Boolean header,
      @JsonProperty("names") List<String> csvNames,
      @JsonProperty("quote") String quote,
      @JsonProperty("escape") String escape) {
    return new Description(
        name == null ? "unnamed" : name,
        columns == null ? ImmutableList.of() : ImmutableList.copyOf(columns),
        labels == null ? ImmutableMap.of() : labels,
        scenario,
        user,
        split == null ? SplitDescription.DEFAULT : split,
        joins == null ? ImmutableList.of() : ImmutableList.copyOf(joins),
        where == null ? ALL_ROWS : where,
        missingValues == null ? ImmutableList.of() : ImmutableList.copyOf(missingValues),
        minCount == null ? 1 : minCount,
        embDim == null ? EMBEDDING_WIDTH : embDim,
        evict,
        formats == null ? ImmutableMap.of() : formats,
        sampleWeight == null ? "" : sampleWeight,
        CsvDescription.of(delimiter, header, csvNames, quote, escape));
  }

  /** How raw columns are read. */
  RawFormats rawFormats() {
    return new RawFormats(formats);
  }

  /**
   * Reads a YAML.
   *
   * @throws InvalidInputException naming the file and the key that is unknown, missing, of another
   *     type or out of range
   */
  public static Description read(Path file) {
    ConfigMapper mapper = new ConfigMapper();
    return mapper.convert(mapper.readTree(file), Description.class, file.toString());
  }

  /**
   * Parses YAML.
   *
   * @param where names the text in messages
   * @throws InvalidInputException as {@link #read}
   */
  public static Description parse(String yaml, String where) {
    ConfigMapper mapper = new ConfigMapper();
    return mapper.convert(mapper.parseYaml(yaml, where), Description.class, where);
  }

  /** The column of this name. */
  ColumnDescription column(String column) {
    return find(columns, column);
  }

  /** How often a value of the column occurs in the training rows to get an id. */
  int minCount(ColumnDescription column) {
    return column.minCount() == null ? minCount : column.minCount();
  }

  /** Which values of the column lose their ids. */
  Eviction eviction(ColumnDescription column) {
    Eviction own = column.evict() == null ? evict : column.evict();
    return own == null ? Eviction.NEVER : own;
  }

  /** Whether the column's table keeps its pretrained embeddings. */
  boolean isFrozen(ColumnDescription column) {
    return column.type() != ColumnDescription.Type.DENSE
        && columns.stream()
            .filter(other -> other.embName().equals(column.embName()))
            .map(ColumnDescription::pretrained)
            .anyMatch(pretrained -> pretrained != null && !pretrained.trainable());
  }

  /** Width of the column's embedding. */
  int embDim(ColumnDescription column) {
    return column.embDim() == null ? embDim : column.embDim();
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new InvalidInputException(problem);
    }
  }
}
