package io.scenerank.layer;

import com.google.common.collect.ImmutableList;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * A resource variable of a graph.
 *
 * @param path its name in the graph: the path of its layer, then the attribute path inside it
 * @param shape all dimensions known
 * @param handle the resource
 * @param value reads the whole variable; a fused table is never read in a training step
 * @param parts what it is called outside the graph, in the order of its rows: a dense kernel is its
 *     own single part, a fused table has one part for each embedding table
 * @param l2Reg factor of sum(value²) in the loss; 0 for none
 * @param trainable whether training changes it
 */
public record Weight(
    String path,
    Shape shape,
    Operand<? extends TType> handle,
    Operand<TFloat32> value,
    ImmutableList<Part> parts,
    float l2Reg,
    boolean trainable) {

  /**
   * Rows of a variable under the name by which Keras and checkpoints know them.
   *
   * @param path for example {@code embedding/user_id/embeddings}
   * @param shape shape of these rows
   * @param rowOffset first row inside the variable
   * @param initializer first values
   */
  public record Part(String path, Shape shape, long rowOffset, Initializer initializer) {}

  /** Whether the variable holds several tables under one roof. */
  public boolean isTable() {
    return parts.size() > 1 || !parts.get(0).path().equals(path);
  }
}
