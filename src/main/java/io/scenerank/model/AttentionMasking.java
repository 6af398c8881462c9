package io.scenerank.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What attention does where the query or the key is padding, by the generation of Keras. */
public enum AttentionMasking {
  /**
   * Adds -1e9 to the score. A padded query attends to all positions alike, and gradient flows
   * through its scores. The default, since the models were born in Keras 2.
   */
  @JsonProperty("keras2")
  KERAS2(2),
  /**
   * Puts -1e9 in the score's place, and 0 in the weight's: a padded query attends to nothing. A
   * layer without dropout takes a fused path, which leaves the weights: it attends to all alike.
   */
  @JsonProperty("keras3")
  KERAS3(3);

  private final int generation;

  AttentionMasking(int generation) {
    this.generation = generation;
  }

  /** The generation of Keras, 2 or 3. */
  public int generation() {
    return generation;
  }

  /** How a generation masks. */
  public static AttentionMasking of(int generation) {
    return generation == 2 ? KERAS2 : KERAS3;
  }
}
