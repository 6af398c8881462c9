package io.scenerank.feature;

import com.google.common.hash.Hashing;
import com.google.common.primitives.Longs;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A digest of which id each value of a table has. The order in which values are added does not
 * matter, nor do values with the id 0, which unseen values have too. Not safe for concurrent use.
 */
public final class VocabularyDigest {
  private final long[] sums = new long[4];
  private long values;

  /** Adds a value. */
  public void add(String value, int id) {
    if (id == 0) {
      return;
    }
    ByteBuffer hash =
        ByteBuffer.wrap(
            Hashing.sha256()
                .newHasher()
                .putInt(id)
                .putString(value, StandardCharsets.UTF_8)
                .hash()
                .asBytes());
    for (int i = 0; i < sums.length; i++) {
      sums[i] += hash.getLong();
    }
    values++;
  }

  /** The digest of the values so far, in hexadecimal digits. */
  public String digest() {
    return Hashing.sha256()
        .newHasher()
        .putLong(values)
        .putBytes(Longs.toByteArray(sums[0]))
        .putBytes(Longs.toByteArray(sums[1]))
        .putBytes(Longs.toByteArray(sums[2]))
        .putBytes(Longs.toByteArray(sums[3]))
        .hash()
        .toString();
  }
}
