package io.scenerank.data;

/**
 * Random numbers that are the same on every machine and Java version (SplitMix64, Steele et al.,
 * 2014), which {@link java.util.SplittableRandom} does not promise for bounded numbers. Not safe
 * for concurrent use.
 */
public final class StableRandom {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
  private static final double DOUBLE_UNIT = 0x1.0p-53;

  private long state;

  private StableRandom(long state) {
    this.state = state;
  }

  /** A generator whose numbers depend on the seed and on every word of {@code stream}. */
  public static StableRandom of(long seed, long... stream) {
    return new StableRandom(hash(seed, stream));
  }

  /** The generator of a {@link #hash}: {@code of(s, a)} is {@code ofHash(hash(s, a))}. */
  public static StableRandom ofHash(long hash) {
    return new StableRandom(hash);
  }

  /** A well mixed number that depends on every argument and on their order. */
  public static long hash(long seed, long... words) {
    long hash = mix(seed + GOLDEN_GAMMA);
    for (long word : words) {
      hash = join(hash, word);
    }
    return hash;
  }

  /** The {@link #hash} of one more word: {@code join(hash(s, a), b)} is {@code hash(s, a, b)}. */
  public static long join(long hash, long word) {
    return mix(hash ^ mix(word + GOLDEN_GAMMA)) + GOLDEN_GAMMA;
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }

  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** A number in [0, bound); the bias of the multiplication is below bound / 2^32. */
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound is " + bound + ", expected at least 1");
    }
    return (int) (((nextLong() >>> 32) * bound) >>> 32);
  }

  /** A number in [0, 1). */
  public double nextDouble() {
    return (nextLong() >>> 11) * DOUBLE_UNIT;
  }

  /** A standard normal number (Box and Muller's cosine half, so that every call costs the same). */
  public double nextGaussian() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    return radius * StrictMath.cos(2 * StrictMath.PI * nextDouble());
  }
}
