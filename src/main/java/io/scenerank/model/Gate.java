package io.scenerank.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.common.collect.ImmutableList;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What a model scales, mixes or generates at one of its places, row by row.
 *
 * @param name its place in the model, as {@code epnet} or {@code experts/is_click}
 * @param about what it does, in a line for people
 * @param kind how its values are to be read
 * @param parts names of its k values: columns, tasks or experts
 * @param values [B, k]
 */
public record Gate(
    String name, String about, Kind kind, ImmutableList<String> parts, Operand<TFloat32> values) {

  /** What a value of a gate means. */
  public enum Kind {
    /** What something is multiplied by; 1 leaves it as it is. */
    @JsonProperty("factor")
    FACTOR,
    /** A share of a mixture; the parts of a row sum to 1. */
    @JsonProperty("share")
    SHARE,
    /** What something is multiplied by before it is added up, of any sign; 0 leaves it out. */
    @JsonProperty("weight")
    WEIGHT,
    /** Root mean square of generated numbers. */
    @JsonProperty("size")
    SIZE
  }
}
