package io.scenerank.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** First values of the positions of a sequence. */
public enum PositionInitializer {
  @JsonProperty("glorot_uniform")
  GLOROT_UNIFORM,
  /** Sines at even places, cosines at odd ones, of position / 10000^(2·⌊i/2⌋/dims). */
  @JsonProperty("sinusoidal")
  SINUSOIDAL;

  /** The name in Keras. */
  public String kerasName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
