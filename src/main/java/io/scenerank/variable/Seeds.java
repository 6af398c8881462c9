package io.scenerank.variable;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;

/**
 * Derives the integer seed of every initialiser and dropout layer from one seed and the path, so
 * that a layer's values do not depend on what else the model holds or in which order it is built.
 *
 * @param seed the seed of the whole model
 * @param given seeds by path that are not derived but known, as those of a recorded training
 */
public record Seeds(long seed, ImmutableMap<String, Integer> given) {

  /** Every seed derived from one. */
  public Seeds(long seed) {
    this(seed, ImmutableMap.of());
  }

  /** Seed of the variable (or dropout layer) at {@code path}; not negative where it is derived. */
  public int of(String path) {
    Integer known = given.get(path);
    return known == null ? derived(path) : known;
  }

  private int derived(String path) {
    return Hashing.murmur3_128((int) (seed ^ (seed >>> 32)))
            .hashString(path, StandardCharsets.UTF_8)
            .asInt()
        & Integer.MAX_VALUE;
  }
}
