package io.scenerank.model;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.ColumnType;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.layer.Condition;
import io.scenerank.variable.LayerScope;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.op.Ops;

/** Builds the embeddings of a model's columns and sorts them into groups. */
final class FeatureInputsBuilder {
  /**
   * Beyond this many values a condition is taken by row. All values' matrices are applied to all
   * rows, so that the work grows with their number, and past some dozens costs more than a matrix a
   * row.
   */
  private static final int FEW_VALUES = 32;

  private final Ops tf;
  private final LayerScope scope;
  private final PackedLayout layout;
  private final ModelInputs reads;
  private final FeatureInputs.Packed inputs;
  private final ColumnInputs columnInputs;

  /**
   * @param reads what the model reads of the layout's columns
   */
  FeatureInputsBuilder(
      Ops tf,
      LayerScope scope,
      PackedLayout layout,
      ModelInputs reads,
      FeatureInputs.Packed inputs) {
    this.tf = tf;
    this.scope = scope;
    this.layout = layout;
    this.reads = reads;
    this.inputs = inputs;
    this.columnInputs = new ColumnInputs(tf, layout, inputs);
  }

  FeatureInputs build() {
    Optional<FeatureColumn> condition = first(reads.condition());
    boolean distinct = condition.filter(FeatureInputsBuilder::hasFewValues).isPresent();
    Set<FeatureColumn> single = new LinkedHashSet<>(reads.single(layout.columns()));
    condition.filter(column -> !distinct).ifPresent(single::add);
    List<FeatureColumn> read =
        layout.columns().stream().filter(column -> isReadByRow(column, single)).toList();
    EmbeddingTables tables = tables(read, condition);
    ImmutableMap<String, EmbeddingTables.Segment> segments = segments(tables, read, single);
    ImmutableMap<String, FeatureInputs.Piece> columns = singles(segments, single);
    return new FeatureInputs(
        tf,
        layout,
        inputs,
        pieces(read, segments),
        widths(read),
        columns,
        first(reads.leading()).map(column -> columns.get(column.name())),
        condition.map(
            column ->
                distinct
                    ? tables.distinct(tf, inputs, column)
                    : Condition.perRow(
                        requireNonNull(columns.get(column.name()), column.name()).value())),
        sequences(segments),
        reads.linearLogits()
            ? new LinearLogits(scope, layout, inputs, columnInputs).call(tf, reads)
            : Optional.empty());
  }

  private boolean isReadByRow(FeatureColumn column, Set<FeatureColumn> single) {
    return single.contains(column) || reads.isSequence(column) || !reads.groupsOf(column).isEmpty();
  }

  private EmbeddingTables tables(List<FeatureColumn> read, Optional<FeatureColumn> condition) {
    List<FeatureColumn> columns =
        layout.columns().stream()
            .filter(column -> read.contains(column) || condition.equals(Optional.of(column)))
            .toList();
    return EmbeddingTables.create(scope, "embedding", layout, columns, 0);
  }

  private ImmutableMap<String, EmbeddingTables.Segment> segments(
      EmbeddingTables tables, List<FeatureColumn> read, Set<FeatureColumn> single) {
    return tables.call(
        tf,
        inputs,
        ImmutableSet.copyOf(read),
        (left, right) ->
            // One segment feeds one piece, so its columns must follow each other in the list of
            // columns and go to the same groups.
            read.indexOf(left) + 1 == read.indexOf(right)
                && !single.contains(left)
                && !single.contains(right)
                && reads.groupsOf(left).equals(reads.groupsOf(right)));
  }

  private ImmutableListMultimap<String, FeatureInputs.Piece> pieces(
      List<FeatureColumn> read, ImmutableMap<String, EmbeddingTables.Segment> segments) {
    ImmutableListMultimap.Builder<String, FeatureInputs.Piece> pieces =
        ImmutableListMultimap.builder();
    for (FeatureColumn column : read) {
      ImmutableSet<String> groups = reads.groupsOf(column);
      EmbeddingTables.Segment segment = segments.get(column.name());
      boolean begins = segment == null || segment.columns().get(0).equals(column);
      if (begins && !groups.isEmpty()) {
        FeatureInputs.Piece piece = piece(column, segments);
        groups.forEach(group -> pieces.put(group, piece));
      }
    }
    return pieces.build();
  }

  private ImmutableListMultimap<String, FeatureInputs.ColumnWidth> widths(
      List<FeatureColumn> read) {
    ImmutableListMultimap.Builder<String, FeatureInputs.ColumnWidth> widths =
        ImmutableListMultimap.builder();
    for (FeatureColumn column : read) {
      int width = column.isCategorical() ? column.embDim() : column.width();
      reads
          .groupsOf(column)
          .forEach(group -> widths.put(group, new FeatureInputs.ColumnWidth(column.name(), width)));
    }
    return widths.build();
  }

  private ImmutableMap<String, FeatureInputs.Piece> singles(
      ImmutableMap<String, EmbeddingTables.Segment> segments, Set<FeatureColumn> single) {
    return single.stream()
        .collect(
            ImmutableMap.toImmutableMap(FeatureColumn::name, column -> piece(column, segments)));
  }

  private ImmutableList<FeatureInputs.Sequence> sequences(
      ImmutableMap<String, EmbeddingTables.Segment> segments) {
    return layout.columns().stream()
        .filter(reads::isSequence)
        .map(
            column ->
                columnInputs.sequence(
                    column, requireNonNull(segments.get(column.name()), column.name())))
        .collect(ImmutableList.toImmutableList());
  }

  private FeatureInputs.Piece piece(
      FeatureColumn column, ImmutableMap<String, EmbeddingTables.Segment> segments) {
    EmbeddingTables.Segment segment = segments.get(column.name());
    return segment == null ? columnInputs.dense(column) : columnInputs.flat(segment);
  }

  private Optional<FeatureColumn> first(Optional<ModelInputs.GroupKey> named) {
    return named.flatMap(key -> ModelInputs.first(key.group(), layout.columns()));
  }

  private static boolean hasFewValues(FeatureColumn column) {
    return column.type() == ColumnType.SPARSE && column.vocabSize() <= FEW_VALUES;
  }
}
