package io.scenerank.data.synthetic;

import io.scenerank.data.StableRandom;

/** Draws that are a function of a seed and of what they are for, so that nothing is stored. */
final class Draws {
  /** What a draw is for; keeps the streams of one seed apart. */
  enum Of {
    ROW,
    USER,
    USER_NOISE,
    VIDEO,
    VIDEO_NOISE,
    VIDEO_EFFECT,
    AUTHOR,
    AUTHOR_EFFECT,
    TAG,
    UPLOAD_TYPE,
    MUSIC_TYPE,
    TAG_TASTE,
    GROUP_TASTE,
    LATENT_SHIFT,
    USER_SHIFT
  }

  private static final double SQRT3 = StrictMath.sqrt(3);
  // The logistic function with this slope is within 0.01 of the normal distribution function.
  private static final double NORMAL_SLOPE = 1.702;

  /** By what a draw is for, the hash of the seed and that. */
  private final long[] hashes = new long[Of.values().length];

  Draws(long seed) {
    for (int what = 0; what < hashes.length; what++) {
      hashes[what] = StableRandom.hash(seed, what);
    }
  }

  /** A stream of its own. */
  StableRandom stream(Of what, long number) {
    return StableRandom.ofHash(hash(what, number));
  }

  /** Noise of mean 0 and variance 1, near to normal: the sum of four uniform draws of 16 bits. */
  double noise(Of what, long number, long part) {
    return noise(hash(what, number), part);
  }

  /** What the noise of a number depends on besides the part. */
  @SuppressWarnings("EnumOrdinal") // an array of longs, since every value needs one
  long hash(Of what, long number) {
    return StableRandom.join(hashes[what.ordinal()], number);
  }

  /** {@link #noise(Of, long, long)} of a number's {@link #hash}. */
  static double noise(long hash, long part) {
    long bits = StableRandom.join(hash, part);
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      sum += ((bits >>> (16 * i)) & 0xffff) / 65536.0;
    }
    return (sum - 2) * SQRT3;
  }

  /** The quantile bin, 0 … bins - 1, of a standard normal value. */
  static int bin(double value, int bins) {
    double share = sigmoid(NORMAL_SLOPE * value);
    return Math.min(bins - 1, (int) (share * bins));
  }

  static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  /**
   * Vectors of some levels, standardised: over the levels, weighted by their shares, every part has
   * mean 0 and variance 1.
   *
   * @param shares [levels], summing to 1
   * @return [levels][parts]
   */
  double[][] levels(Of what, double[] shares, int parts) {
    double[][] vectors = new double[shares.length][parts];
    for (int part = 0; part < parts; part++) {
      double mean = 0;
      double square = 0;
      for (int i = 0; i < shares.length; i++) {
        double value = noise(what, i, part);
        vectors[i][part] = value;
        mean += shares[i] * value;
        square += shares[i] * value * value;
      }
      double deviation = StrictMath.sqrt(square - mean * mean);
      for (double[] vector : vectors) {
        vector[part] = (vector[part] - mean) / deviation;
      }
    }
    return vectors;
  }

  /** Shares in proportion to 1 / (level + flatness). */
  static double[] zipf(int levels, double flatness) {
    double[] shares = new double[levels];
    double sum = 0;
    for (int i = 0; i < levels; i++) {
      shares[i] = 1 / (i + flatness);
      sum += shares[i];
    }
    for (int i = 0; i < levels; i++) {
      shares[i] /= sum;
    }
    return shares;
  }

  /** A level drawn by its share. */
  static int level(StableRandom random, double[] shares) {
    double left = random.nextDouble();
    for (int i = 0; i < shares.length - 1; i++) {
      left -= shares[i];
      if (left < 0) {
        return i;
      }
    }
    return shares.length - 1;
  }
}
