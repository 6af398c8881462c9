package io.scenerank.model;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import io.scenerank.feature.PackedLayout;
import io.scenerank.layer.Condition;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** What the feature columns give a model, as its {@link ModelInputs} ask for it. */
public final class FeatureInputs {
  private final Ops tf;
  private final PackedLayout layout;
  private final Packed packed;
  private final ImmutableListMultimap<String, Piece> pieces;
  private final ImmutableListMultimap<String, ColumnWidth> widths;
  private final ImmutableMap<String, Piece> columns;
  private final Optional<Piece> leading;
  private final Optional<Condition> condition;
  private final ImmutableList<Sequence> sequences;
  private final Optional<Operand<TFloat32>> linearLogits;

  /**
   * Neighbouring columns of one group as one matrix.
   *
   * @param value [B, width]
   * @param width number of floats a row
   */
  record Piece(Operand<TFloat32> value, int width) {}

  /**
   * A column of a group.
   *
   * @param width number of floats a row that it gives the group
   */
  record ColumnWidth(String name, int width) {}

  /**
   * A sequence that attention reads.
   *
   * @param name name of the column
   * @param ids [B, L] if id 0 is padding; absent if every id counts
   * @param embeddings [B, L, D]
   * @param length L
   * @param dim D
   */
  public record Sequence(
      String name,
      Optional<Operand<TInt32>> ids,
      Operand<TFloat32> embeddings,
      int length,
      int dim) {}

  FeatureInputs(
      Ops tf,
      PackedLayout layout,
      Packed packed,
      ImmutableListMultimap<String, Piece> pieces,
      ImmutableListMultimap<String, ColumnWidth> widths,
      ImmutableMap<String, Piece> columns,
      Optional<Piece> leading,
      Optional<Condition> condition,
      ImmutableList<Sequence> sequences,
      Optional<Operand<TFloat32>> linearLogits) {
    this.tf = tf;
    this.layout = layout;
    this.packed = packed;
    this.pieces = pieces;
    this.widths = widths;
    this.columns = columns;
    this.leading = leading;
    this.condition = condition;
    this.sequences = sequences;
    this.linearLogits = linearLogits;
  }

  /**
   * The embeddings and dense values of a group's columns, in the order of the columns, [B, width].
   */
  public Operand<TFloat32> group(String group) {
    return Shapes.concat(tf, pieces.get(group).stream().map(Piece::value).toList(), -1);
  }

  /** Width of a group's input; 0 for a group without columns. */
  public int width(String group) {
    return pieces.get(group).stream().mapToInt(Piece::width).sum();
  }

  /** Names of a group's columns, in the order of {@link #group}. */
  ImmutableList<String> names(String group) {
    return widths.get(group).stream()
        .map(ColumnWidth::name)
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * The mean over each of a group's columns.
   *
   * @param values of the shape of {@link #group}, [B, width]
   * @return [B, number of columns]
   */
  Operand<TFloat32> meanByColumn(String group, Operand<TFloat32> values) {
    ImmutableList<ColumnWidth> columns = widths.get(group);
    float[][] shares = new float[width(group)][columns.size()];
    int row = 0;
    for (int column = 0; column < columns.size(); column++) {
      int width = columns.get(column).width();
      for (int i = 0; i < width; i++) {
        shares[row++][column] = 1f / width;
      }
    }
    return tf.linalg.matMul(values, tf.constant(shares));
  }

  /** The first column of the group that the model reads so, [B, width]. */
  public Operand<TFloat32> leading() {
    return leading.orElseThrow().value();
  }

  /** Width of {@link #leading}. */
  public int leadingWidth() {
    return leading.orElseThrow().width();
  }

  /** The condition that the model asks for. */
  public Condition condition() {
    return condition.orElseThrow();
  }

  /** Some columns side by side, in the order of {@code names}, [B, width]. */
  public Operand<TFloat32> columns(ImmutableList<String> names) {
    return Shapes.concat(
        tf,
        names.stream().map(name -> requireNonNull(columns.get(name), name).value()).toList(),
        -1);
  }

  /** Width of {@link #columns}. */
  public int width(ImmutableList<String> names) {
    return names.stream().mapToInt(name -> requireNonNull(columns.get(name), name).width()).sum();
  }

  /** The sequences that attention reads, in the order of the columns. */
  public ImmutableList<Sequence> sequences() {
    return sequences;
  }

  /** Sum of the linear columns' weights, [B, 1]. */
  public Operand<TFloat32> linearLogits() {
    return linearLogits.orElseThrow();
  }

  /** Where the columns lie in the packed input. */
  PackedLayout layout() {
    return layout;
  }

  /** The packed input. */
  Packed packed() {
    return packed;
  }

  /**
   * A batch as one matrix of ids and one of dense values.
   *
   * @param ids [B, F], absent where no column carries ids
   * @param dense [B, G], absent where no column is dense
   */
  public record Packed(Optional<Operand<TInt32>> ids, Optional<Operand<TFloat32>> dense) {

    /**
     * Some columns of the ids. Copies runs of neighbours, which takes a tenth of the time of a
     * gather along this axis.
     *
     * @param positions numbers of the columns
     * @param width F
     * @return [B, number of positions]
     */
    Operand<TInt32> ids(Ops tf, List<Integer> positions, int width) {
      Operand<TInt32> all = ids.orElseThrow();
      boolean whole = positions.size() == width;
      for (int i = 0; whole && i < width; i++) {
        whole = positions.get(i) == i;
      }
      if (whole) {
        return all;
      }
      List<Operand<TInt32>> runs = new ArrayList<>();
      int begin = 0;
      for (int i = 1; i <= positions.size(); i++) {
        if (i == positions.size() || positions.get(i) != positions.get(i - 1) + 1) {
          runs.add(
              tf.slice(
                  all,
                  tf.constant(new int[] {0, positions.get(begin)}),
                  tf.constant(new int[] {-1, i - begin})));
          begin = i;
        }
      }
      return Shapes.concat(tf, runs, 1);
    }

    /**
     * Feeds a batch; the tensors stay the caller's to close.
     *
     * @param idValues [b, F]
     * @param denseValues [b, G], present where there are dense inputs
     * @return the runner
     */
    public Session.Runner feed(
        Session.Runner runner, TInt32 idValues, Optional<TFloat32> denseValues) {
      ids.ifPresent(input -> runner.feed(input, idValues));
      dense.ifPresent(input -> runner.feed(input, denseValues.orElseThrow()));
      return runner;
    }
  }
}
