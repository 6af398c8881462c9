package io.scenerank.variable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * TensorFlow's stateless random stream outside TensorFlow: bit for bit what {@code
 * StatelessRandomUniform(shape, seed) >= rate} decides, in a third of its time.
 *
 * <p>A group of four numbers is ten rounds of four words, each of which waits for the one before
 * it. Here a round is done for a block of groups before the next one begins, with 32-bit words in
 * arrays of longs, which the JVM compiles to vector instructions. Keeps its work arrays between
 * calls: one thread at a time.
 *
 * <p>Source: Parallel Random Numbers: As Easy as 1, 2, 3 (Salmon et al., 2011), Philox-4x32-10.
 */
final class Philox {
  private static final int ROUNDS = 10;
  private static final long FACTOR_0 = 0xD2511F53L;
  private static final long FACTOR_2 = 0xCD9E8D57L;
  private static final int KEY_STEP_0 = 0x9E3779B9;
  private static final int KEY_STEP_1 = 0xBB67AE85;
  private static final long WORD = 0xFFFF_FFFFL;

  /** With which key TensorFlow makes key and counter of a stream out of the stream's two seeds. */
  private static final int SEED_KEY_0 = 0x3EC8F720;

  private static final int SEED_KEY_1 = 0x02461E29;

  /** A uniform float is the low bits of a word behind the point, so that it has 2^23 values. */
  private static final int MANTISSA_BITS = 23;

  private static final long MANTISSA = (1L << MANTISSA_BITS) - 1;
  private static final long ALL_KEPT = 0x0101_0101_0101_0101L;

  /** Numbers of a group. */
  private static final int GROUP = 4;

  /** Groups of a block: its arrays stay in the first-level cache, and no two of them collide. */
  private static final int GROUPS = 256;

  /** Two groups are one long of eight decisions; the first half of the arrays has the even ones. */
  private static final int PAIRS = GROUPS / 2;

  private final long[] x0 = new long[GROUPS];
  private final long[] x1 = new long[GROUPS];
  private final long[] x2 = new long[GROUPS];
  private final long[] x3 = new long[GROUPS];
  private final long[] packed = new long[PAIRS];
  private final byte[] block = new byte[PAIRS * Long.BYTES];

  /**
   * Decides for each number of a stream whether it is at least {@code rate}.
   *
   * @param seed0 first seed of the stream
   * @param seed1 second seed of the stream
   * @param rate in [0, 1)
   * @param kept where 1 (it is) or 0 goes, from index 0
   * @param count how many numbers
   */
  void decide(int seed0, int seed1, float rate, byte[] kept, int count) {
    decide(seed0, seed1, rate, 0, kept, count);
  }

  /**
   * The same for numbers from the middle of the stream.
   *
   * @param first how many numbers of the stream come before them
   */
  void decide(int seed0, int seed1, float rate, long first, byte[] kept, int count) {
    Arrays.fill(x0, seed0 & WORD);
    Arrays.fill(x1, ((long) seed0 >> Integer.SIZE) & WORD);
    Arrays.fill(x2, seed1 & WORD);
    Arrays.fill(x3, ((long) seed1 >> Integer.SIZE) & WORD);
    rounds(SEED_KEY_0, SEED_KEY_1);
    int key0 = (int) x0[0];
    int key1 = (int) x1[0];
    long counter2 = x2[0];
    long counter3 = x3[0];
    // Exact: a float times a power of two.
    long threshold = (long) Math.ceil(rate * (double) (1 << MANTISSA_BITS));
    int done = 0;
    int surplus = (int) (first % GROUP); // of the first group
    while (done < count) {
      count((first + done) / GROUP, counter2, counter3);
      rounds(key0, key1);
      pack(threshold);
      int decided = Math.min(block.length - surplus, count - done);
      System.arraycopy(block, surplus, kept, done, decided);
      done += decided;
      surplus = 0;
    }
  }

  /** The counters of a block. */
  private void count(long firstGroup, long counter2, long counter3) {
    for (int i = 0; i < PAIRS; i++) {
      x0[i] = firstGroup + 2L * i;
      x0[PAIRS + i] = firstGroup + 2L * i + 1;
    }
    Arrays.fill(x1, 0);
    Arrays.fill(x2, counter2);
    Arrays.fill(x3, counter3);
  }

  private void rounds(int key0, int key1) {
    for (int round = 0; round < ROUNDS; round++) {
      int next0 = key0 + round * KEY_STEP_0;
      int next1 = key1 + round * KEY_STEP_1;
      round(x0, x1, x2, x3, next0 & WORD, next1 & WORD);
    }
  }

  /**
   * One round of every group. The arrays are arguments and the number of groups is a constant,
   * without which HotSpot makes no vector instructions of it.
   */
  private static void round(long[] x0, long[] x1, long[] x2, long[] x3, long key0, long key1) {
    for (int i = 0; i < GROUPS; i++) {
      long product0 = FACTOR_0 * x0[i];
      long product2 = FACTOR_2 * x2[i];
      long next0 = (product2 >>> Integer.SIZE) ^ x1[i] ^ key0;
      long next2 = (product0 >>> Integer.SIZE) ^ x3[i] ^ key1;
      x1[i] = product2 & WORD;
      x3[i] = product0 & WORD;
      x0[i] = next0;
      x2[i] = next2;
    }
  }

  /** The decisions of a block, a byte each. */
  private void pack(long threshold) {
    Arrays.fill(packed, ALL_KEPT);
    dropped(x0, x1, x2, x3, 0, threshold, packed, 0);
    dropped(x0, x1, x2, x3, PAIRS, threshold, packed, Integer.SIZE);
    ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(packed);
  }

  /** Takes away what the groups from {@code first} on drop, {@code shift} bits up. */
  private static void dropped(
      long[] x0,
      long[] x1,
      long[] x2,
      long[] x3,
      int first,
      long threshold,
      long[] packed,
      int shift) {
    for (int i = 0; i < PAIRS; i++) {
      long group =
          isBelow(x0[first + i], threshold)
              | isBelow(x1[first + i], threshold) << Byte.SIZE
              | isBelow(x2[first + i], threshold) << (2 * Byte.SIZE)
              | isBelow(x3[first + i], threshold) << (3 * Byte.SIZE);
      packed[i] ^= group << shift;
    }
  }

  /** 1 if the uniform number of a word is below the rate, else 0. */
  private static long isBelow(long word, long threshold) {
    return ((word & MANTISSA) - threshold) >>> (Long.SIZE - 1);
  }
}
