package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import io.scenerank.feature.InvalidInputException;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What the feature columns give a model: the input of each group, and the linear logits. */
public final class FeatureInputs {
  private final Ops tf;
  private final ImmutableListMultimap<String, Piece> pieces;
  private final Optional<Operand<TFloat32>> linearLogits;

  /**
   * Neighbouring columns of one group as one matrix.
   *
   * @param value [B, width]
   * @param width number of floats a row
   */
  record Piece(Operand<TFloat32> value, int width) {}

  FeatureInputs(
      Ops tf,
      ImmutableListMultimap<String, Piece> pieces,
      Optional<Operand<TFloat32>> linearLogits) {
    this.tf = tf;
    this.pieces = pieces;
    this.linearLogits = linearLogits;
  }

  /**
   * The embeddings and dense values of a group's columns, in the order of the columns, [B, width].
   */
  public Operand<TFloat32> group(String group) {
    ImmutableList<Operand<TFloat32>> values =
        pieces.get(group).stream().map(Piece::value).collect(ImmutableList.toImmutableList());
    return values.size() == 1 ? values.get(0) : tf.concat(values, tf.constant(-1));
  }

  /** Width of a group's input. */
  public int width(String group) {
    return pieces.get(group).stream().mapToInt(Piece::width).sum();
  }

  /**
   * Sum of the linear columns' weights, [B, 1].
   *
   * @throws InvalidInputException if no column is in the group {@code linear}
   */
  public Operand<TFloat32> linearLogits() {
    return linearLogits.orElseThrow(
        () ->
            new InvalidInputException(
                "linear_logits is true but no feature column is in the group 'linear'"));
  }
}
