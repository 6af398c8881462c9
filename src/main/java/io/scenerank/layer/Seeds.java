package io.scenerank.layer;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;

/**
 * Derives the integer seed of every initialiser and dropout layer from one seed and the path, so
 * that a layer's values do not depend on what else the model holds or in which order it is built.
 *
 * @param seed the seed of the whole model
 */
public record Seeds(long seed) {

  /** Seed of the variable (or dropout layer) at {@code path}, not negative. */
  public int of(String path) {
    return Hashing.murmur3_128((int) (seed ^ (seed >>> 32)))
            .hashString(path, StandardCharsets.UTF_8)
            .asInt()
        & Integer.MAX_VALUE;
  }
}
