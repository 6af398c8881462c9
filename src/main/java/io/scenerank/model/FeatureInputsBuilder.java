package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.ColumnType;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.layer.Condition;
import io.scenerank.layer.Dense;
import io.scenerank.layer.LayerScope;
import io.scenerank.layer.MaskedMean;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

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
  private final PackedInputs inputs;

  /**
   * @param reads what the model reads of the layout's columns
   */
  FeatureInputsBuilder(
      Ops tf, LayerScope scope, PackedLayout layout, ModelInputs reads, PackedInputs inputs) {
    this.tf = tf;
    this.scope = scope;
    this.layout = layout;
    this.reads = reads;
    this.inputs = inputs;
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
        pieces(read, segments),
        columns,
        first(reads.leading()).map(column -> columns.get(column.name())),
        condition.map(
            column ->
                distinct
                    ? tables.distinct(tf, inputs.ids().orElseThrow(), column)
                    : Condition.perRow(columns.get(column.name()).value())),
        sequences(segments),
        reads.linearLogits() ? linearLogits() : Optional.empty());
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
        inputs.ids(),
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
        .map(column -> sequence(column, segments.get(column.name())))
        .collect(ImmutableList.toImmutableList());
  }

  private FeatureInputs.Piece piece(
      FeatureColumn column, ImmutableMap<String, EmbeddingTables.Segment> segments) {
    EmbeddingTables.Segment segment = segments.get(column.name());
    return segment == null ? dense(column) : flat(segment);
  }

  private Optional<FeatureColumn> first(Optional<ModelInputs.GroupKey> named) {
    return named.flatMap(key -> ModelInputs.first(key.group(), layout.columns()));
  }

  private static boolean hasFewValues(FeatureColumn column) {
    return column.type() == ColumnType.SPARSE && column.vocabSize() <= FEW_VALUES;
  }

  private static FeatureInputs.Sequence sequence(
      FeatureColumn column, EmbeddingTables.Segment segment) {
    return new FeatureInputs.Sequence(
        column.name(),
        column.maskZero() ? Optional.of(segment.ids()) : Optional.empty(),
        segment.embeddings(),
        column.maxLen(),
        segment.dim());
  }

  private Optional<Operand<TFloat32>> linearLogits() {
    ImmutableList<FeatureColumn> linear =
        layout.columns().stream().filter(reads::isLinear).collect(ImmutableList.toImmutableList());
    ImmutableSet<EmbeddingTables.Segment> segments =
        ImmutableSet.copyOf(
            EmbeddingTables.create(scope, "linear", layout, linear, 1)
                .call(tf, inputs.ids(), ImmutableSet.copyOf(linear), (left, right) -> true)
                .values());
    List<Operand<TFloat32>> terms = new ArrayList<>();
    for (EmbeddingTables.Segment segment : segments) {
      terms.add(
          isSequence(segment)
              ? flat(segment).value() // [B, 1]
              : tf.reduceSum(segment.embeddings(), tf.constant(1))); // [B, P, 1] → [B, 1]
    }
    List<FeatureInputs.Piece> dense =
        linear.stream().filter(column -> !column.isCategorical()).map(this::dense).toList();
    if (!dense.isEmpty()) {
      terms.add(linearDense(dense));
    }
    return terms.stream().reduce(tf.math::add);
  }

  /** One Dense of one unit over all dense linear columns, [B, 1]. */
  private Operand<TFloat32> linearDense(List<FeatureInputs.Piece> dense) {
    int width = dense.stream().mapToInt(FeatureInputs.Piece::width).sum();
    List<Operand<TFloat32>> values = dense.stream().map(FeatureInputs.Piece::value).toList();
    Operand<TFloat32> input =
        values.size() == 1 ? values.get(0) : tf.concat(values, tf.constant(-1));
    return Dense.units(1).build(scope.child("linear_dense"), width).call(tf, input);
  }

  /** [B, P, D] → [B, P·D], or [B, D] for a sequence, whose mean it takes. */
  private FeatureInputs.Piece flat(EmbeddingTables.Segment segment) {
    if (isSequence(segment)) {
      MaskedMean mean = new MaskedMean(segment.columns().get(0).maskZero());
      return new FeatureInputs.Piece(
          mean.call(tf, segment.ids(), segment.embeddings()), segment.dim());
    }
    int width = segment.columns().size() * segment.dim();
    return new FeatureInputs.Piece(
        tf.reshape(segment.embeddings(), tf.constant(new int[] {-1, width})), width);
  }

  private FeatureInputs.Piece dense(FeatureColumn column) {
    Operand<TFloat32> all = inputs.dense().orElseThrow();
    Operand<TFloat32> value =
        column.width() == layout.denseWidth()
            ? all
            : tf.slice(
                all,
                tf.constant(new int[] {0, layout.offset(column)}),
                tf.constant(new int[] {-1, column.width()})); // [B, dimension]
    return new FeatureInputs.Piece(value, column.width());
  }

  private static boolean isSequence(EmbeddingTables.Segment segment) {
    return segment.columns().get(0).type() == ColumnType.VARLEN_SPARSE;
  }
}
