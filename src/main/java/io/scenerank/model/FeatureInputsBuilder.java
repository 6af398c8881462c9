package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.feature.ColumnType;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.PackedLayout;
import io.scenerank.layer.Dense;
import io.scenerank.layer.LayerScope;
import io.scenerank.layer.MaskedMean;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Builds the embeddings of a model's columns and sorts them into groups. */
final class FeatureInputsBuilder {
  private final Ops tf;
  private final LayerScope scope;
  private final PackedLayout layout;
  private final PackedInputs inputs;

  FeatureInputsBuilder(Ops tf, LayerScope scope, PackedLayout layout, PackedInputs inputs) {
    this.tf = tf;
    this.scope = scope;
    this.layout = layout;
    this.inputs = inputs;
  }

  /**
   * @param groups the groups that the model reads
   * @param linear whether it reads the linear logits
   */
  FeatureInputs build(ImmutableSet<String> groups, boolean linear) {
    return new FeatureInputs(tf, pieces(groups), linear ? linearLogits() : Optional.empty());
  }

  private ImmutableListMultimap<String, FeatureInputs.Piece> pieces(ImmutableSet<String> groups) {
    List<FeatureColumn> read =
        layout.columns().stream()
            .filter(column -> column.joinsGroups() && !groupsOf(column, groups).isEmpty())
            .toList();
    ImmutableMap<String, EmbeddingTables.Segment> segments =
        lookUp(
            "embedding",
            read,
            0,
            (left, right) ->
                // One segment feeds one piece, so its columns must follow each other in the list
                // of columns and go to the same groups.
                read.indexOf(left) + 1 == read.indexOf(right)
                    && groupsOf(left, groups).equals(groupsOf(right, groups)));
    ImmutableListMultimap.Builder<String, FeatureInputs.Piece> pieces =
        ImmutableListMultimap.builder();
    for (FeatureColumn column : read) {
      EmbeddingTables.Segment segment = segments.get(column.name());
      if (segment == null || segment.columns().get(0).equals(column)) {
        FeatureInputs.Piece piece = segment == null ? dense(column) : flat(segment);
        groupsOf(column, groups).forEach(group -> pieces.put(group, piece));
      }
    }
    return pieces.build();
  }

  private Optional<Operand<TFloat32>> linearLogits() {
    List<FeatureColumn> linear =
        layout.columns().stream()
            .filter(column -> column.joinsGroups() && column.group().contains(ModelParams.LINEAR))
            .toList();
    ImmutableSet<EmbeddingTables.Segment> segments =
        ImmutableSet.copyOf(lookUp(ModelParams.LINEAR, linear, 1, (left, right) -> true).values());
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

  private ImmutableMap<String, EmbeddingTables.Segment> lookUp(
      String prefix, List<FeatureColumn> columns, int width, EmbeddingTables.Together together) {
    ImmutableList<FeatureColumn> categorical =
        columns.stream()
            .filter(FeatureColumn::isCategorical)
            .collect(ImmutableList.toImmutableList());
    return categorical.isEmpty()
        ? ImmutableMap.of()
        : EmbeddingTables.create(scope, prefix, layout, categorical, width)
            .call(tf, inputs.ids().orElseThrow(), together);
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

  private static ImmutableSet<String> groupsOf(FeatureColumn column, ImmutableSet<String> read) {
    return Sets.intersection(ImmutableSet.copyOf(column.group()), read).immutableCopy();
  }
}
