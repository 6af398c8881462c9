package io.scenerank.layer.preprocessing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Constant;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * A dictionary of terms as constants of a graph: TensorFlow's own tables have to be filled before
 * the first run. Terms are found by a binary search; texts by their hashes, and compared then.
 */
final class TermTable {
  /** Number of hashes. */
  private static final long HASHES = Long.MAX_VALUE;

  private final long[] keys;
  private final long[] places;
  private final String[] texts;
  private final int longestRun;

  /**
   * @param keys in ascending order
   * @param places of the terms in their vocabulary
   * @param texts the terms; none where the keys themselves are
   */
  private TermTable(long[] keys, long[] places, String[] texts) {
    this.keys = keys;
    this.places = places;
    this.texts = texts;
    int longest = 1;
    for (int i = 1, run = 1; i < keys.length; i++) {
      run = keys[i] == keys[i - 1] ? run + 1 : 1;
      longest = Math.max(longest, run);
    }
    this.longestRun = longest;
  }

  /** A table of texts, each once. */
  static TermTable ofTexts(ImmutableList<String> terms) {
    long[] hashes = terms.stream().mapToLong(TermTable::hash).toArray();
    int[] order = order(hashes);
    return new TermTable(
        sorted(hashes, order),
        Arrays.stream(order).asLongStream().toArray(),
        Arrays.stream(order).mapToObj(terms::get).toArray(String[]::new));
  }

  /** A table of integers, each once. */
  static TermTable ofIntegers(ImmutableList<Long> terms) {
    long[] values = terms.stream().mapToLong(Long::longValue).toArray();
    int[] order = order(values);
    return new TermTable(
        sorted(values, order), Arrays.stream(order).asLongStream().toArray(), new String[0]);
  }

  private static int[] order(long[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingLong(i -> values[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static long[] sorted(long[] values, int[] order) {
    return Arrays.stream(order).mapToLong(i -> values[i]).toArray();
  }

  /** TensorFlow's hash of a text modulo {@link #HASHES}. */
  private static long hash(String text) {
    long hash = Hashing.farmHashFingerprint64().hashBytes(text.getBytes(UTF_8)).asLong();
    return Long.remainderUnsigned(hash, HASHES);
  }

  /**
   * The places of texts in the vocabulary.
   *
   * @param texts of any shape
   * @param missing the place of a text that is not in the vocabulary
   * @return of the same shape
   */
  Operand<TInt64> findTexts(Ops tf, Operand<TString> texts, long missing) {
    Operand<TString> flat = tf.reshape(texts, tf.constant(new int[] {-1}));
    return find(tf, flat, tf.strings.toHashBucketFast(flat, HASHES), texts, missing);
  }

  /** The places of integers in the vocabulary. */
  Operand<TInt64> findIntegers(Ops tf, Operand<TInt64> integers, long missing) {
    Operand<TInt64> flat = tf.reshape(integers, tf.constant(new int[] {-1}));
    return find(tf, flat, flat, integers, missing);
  }

  private <T extends TType> Operand<TInt64> find(
      Ops tf, Operand<T> terms, Operand<TInt64> wanted, Operand<T> like, long missing) {
    Operand<TInt64> all = tf.constant(keys);
    Operand<TInt32> first =
        tf.reshape(
            tf.lowerBound(
                tf.expandDims(all, tf.constant(0)), tf.expandDims(wanted, tf.constant(0))),
            tf.constant(new int[] {-1})); // where the key is, if it occurs
    Operand<TInt64> found = tf.fill(tf.shape(wanted), tf.constant(missing));
    for (int i = 0; i < longestRun; i++) {
      Operand<TInt32> place =
          tf.math.minimum(tf.math.add(first, tf.constant(i)), tf.constant(keys.length - 1));
      Operand<TInt64> id = tf.gather(tf.constant(places), place, tf.constant(0));
      found = tf.select(isAt(tf, terms, wanted, all, place), id, found);
    }
    return tf.reshape(found, tf.shape(like));
  }

  private <T extends TType> Operand<TBool> isAt(
      Ops tf,
      Operand<T> terms,
      Operand<TInt64> wanted,
      Operand<TInt64> all,
      Operand<TInt32> place) {
    if (texts.length == 0) {
      return tf.math.equal(tf.gather(all, place, tf.constant(0)), wanted);
    }
    Operand<TString> stored =
        tf.gather(Constant.vectorOf(tf.scope(), texts), place, tf.constant(0));
    return tf.math.equal(stored, asText(terms));
  }

  @SuppressWarnings("unchecked")
  private static <T extends TType> Operand<TString> asText(Operand<T> terms) {
    return (Operand<TString>) terms;
  }

  /** A vocabulary of texts as a constant. */
  static Operand<TString> constant(Ops tf, List<String> texts) {
    return Constant.vectorOf(tf.scope(), texts.toArray(String[]::new));
  }
}
