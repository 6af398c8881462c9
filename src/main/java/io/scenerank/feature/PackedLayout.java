package io.scenerank.feature;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.feature.FeatureColumn.ColumnType;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where each column's values lie in a packed row: all ids of a row in one int32 vector, all dense
 * values in one float32 vector, both in the order of the columns; the ids of texts come last.
 */
public final class PackedLayout {
  /** What a dense value has to be, in messages. */
  public static final String FINITE = "a finite float";

  private static final String WEIGHT = "a finite weight of 0 or more";

  private final ImmutableList<FeatureColumn> columns;
  private final ImmutableMap<String, Integer> offsets;
  private final ImmutableList<FeatureColumn> columnAtId;
  private final ImmutableList<FeatureColumn> columnAtDense;
  private final ImmutableSet<String> weights;

  private PackedLayout(
      ImmutableList<FeatureColumn> columns,
      ImmutableMap<String, Integer> offsets,
      ImmutableList<FeatureColumn> columnAtId,
      ImmutableList<FeatureColumn> columnAtDense) {
    this.columns = columns;
    this.offsets = offsets;
    this.columnAtId = columnAtId;
    this.columnAtDense = columnAtDense;
    this.weights =
        columns.stream()
            .map(FeatureColumn::weights)
            .filter(Objects::nonNull)
            .collect(ImmutableSet.toImmutableSet());
  }

  /**
   * Lays columns out side by side, in their order.
   *
   * @throws InvalidInputException if two columns have one name, or share a table but disagree on
   *     its size, width or training
   */
  public static PackedLayout of(Iterable<FeatureColumn> columns) {
    ImmutableList<FeatureColumn> list = ImmutableList.copyOf(columns);
    Map<String, Integer> offsets = new HashMap<>();
    ImmutableList.Builder<FeatureColumn> columnAtId = ImmutableList.builder();
    ImmutableList.Builder<FeatureColumn> columnAtDense = ImmutableList.builder();
    int ids = 0;
    int floats = 0;
    for (FeatureColumn column : textsLast(list)) {
      int offset = column.isCategorical() ? ids : floats;
      if (offsets.put(column.name(), offset) != null) {
        throw new InvalidInputException("feature column '" + column.name() + "' occurs twice");
      }
      for (int i = 0; i < column.width(); i++) {
        (column.isCategorical() ? columnAtId : columnAtDense).add(column);
      }
      ids += column.isCategorical() ? column.width() : 0;
      floats += column.isCategorical() ? 0 : column.width();
    }
    checkTables(list);
    return new PackedLayout(
        list, ImmutableMap.copyOf(offsets), columnAtId.build(), columnAtDense.build());
  }

  private static Iterable<FeatureColumn> textsLast(ImmutableList<FeatureColumn> columns) {
    return Iterables.concat(
        Iterables.filter(columns, column -> !column.isText()),
        Iterables.filter(columns, FeatureColumn::isText));
  }

  private static void checkTables(ImmutableList<FeatureColumn> columns) {
    Map<String, FeatureColumn> owners = new HashMap<>();
    for (FeatureColumn column : columns) {
      FeatureColumn owner = column.isCategorical() ? owners.get(column.embName()) : column;
      if (owner == null) {
        owners.put(column.embName(), column);
      } else if (column.isCategorical()
          && (owner.vocabSize() != column.vocabSize()
              || owner.embDim() != column.embDim()
              || owner.l2Reg() != column.l2Reg()
              || owner.trainable() != column.trainable()
              || !owner.initializer().equals(column.initializer()))) {
        throw new InvalidInputException(
            String.format(
                "feature columns '%s' and '%s' share the table '%s' but differ in its vocab_size,"
                    + " emb_dim, l2_reg, initializer or trainable",
                owner.name(), column.name(), column.embName()));
      }
    }
  }

  /**
   * Checks that the weights of sequences are among the columns.
   *
   * @throws InvalidInputException naming the sequence whose weights are no dense column of its
   *     length
   */
  public PackedLayout requireWeights() {
    for (FeatureColumn column : columns) {
      String weights = column.weights();
      if (weights != null
          && columns.stream()
              .noneMatch(
                  other ->
                      other.name().equals(weights)
                          && other.type() == ColumnType.DENSE
                          && other.dimension() == column.maxLen())) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "feature column '%s': weights is '%s', expected a dense column of dimension %d",
                column.name(),
                weights,
                column.maxLen()));
      }
    }
    return this;
  }

  public ImmutableList<FeatureColumn> columns() {
    return columns;
  }

  /** The columns in the order in which rows keep their values. */
  public Iterable<FeatureColumn> packed() {
    return textsLast(columns);
  }

  /** The columns of texts. */
  public ImmutableList<FeatureColumn> texts() {
    return columns.stream().filter(FeatureColumn::isText).collect(ImmutableList.toImmutableList());
  }

  /** The layout without texts, in which every other column has the offset that it has here. */
  public PackedLayout withoutTexts() {
    return texts().isEmpty() ? this : of(Iterables.filter(columns, column -> !column.isText()));
  }

  /** Ids a row. */
  public int idWidth() {
    return columnAtId.size();
  }

  /** Dense floats a row. */
  public int denseWidth() {
    return columnAtDense.size();
  }

  /** Position of the column's first value, among the ids or among the dense values of a row. */
  public int offset(FeatureColumn column) {
    return requireNonNull(offsets.get(column.name()), column.name());
  }

  /** The column whose id is at {@code position} of a packed row. */
  public FeatureColumn columnAtId(int position) {
    return columnAtId.get(position);
  }

  /** The column whose dense value is at {@code position} of a packed row. */
  public FeatureColumn columnAtDense(int position) {
    return columnAtDense.get(position);
  }

  /** The column of this name, if there is one. */
  public Optional<FeatureColumn> find(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }

  /** The column of this name. */
  public FeatureColumn column(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "feature '"
                        + name
                        + "' is unknown"
                        + SpellingHint.hint(
                            name, columns.stream().map(FeatureColumn::name).toList())));
  }

  /** For each id of a row, the number of rows of its table: ids lie below it. */
  public int[] idLimits() {
    return columnAtId.stream().mapToInt(FeatureColumn::vocabSize).toArray();
  }

  /** The error of an id outside its vocabulary. */
  public InvalidInputException outOfVocabulary(String where, long row, int position, long id) {
    FeatureColumn column = columnAtId(position);
    return new InvalidInputException(
        String.format(
            Locale.ROOT,
            "%s: feature '%s', row %d: id %d is outside [0, %d)",
            where,
            column.name(),
            row,
            id,
            column.vocabSize()));
  }

  /** Whether a dense value is finite and, where it weights an id, 0 or more. */
  public boolean takesDense(int position, double value) {
    return Float.isFinite((float) value) && (value >= 0 || !isWeight(position));
  }

  /** What a dense value has to be, for messages. */
  public String expectedDense(int position) {
    return isWeight(position) ? WEIGHT : FINITE;
  }

  private boolean isWeight(int position) {
    return !weights.isEmpty() && weights.contains(columnAtDense(position).name());
  }

  /** The error of a dense value that is NaN or infinite, or a negative weight. */
  public InvalidInputException notFinite(String where, long row, int position, double value) {
    return new InvalidInputException(
        String.format(
            Locale.ROOT,
            "%s: feature '%s', row %d: found %s, expected %s",
            where,
            columnAtDense(position).name(),
            row,
            value,
            expectedDense(position)));
  }
}
