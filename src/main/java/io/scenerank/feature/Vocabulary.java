package io.scenerank.feature;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import com.google.common.primitives.Longs;
import io.scenerank.config.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ids of a table's raw values. What it does not hold has the id 0, and so has the empty text,
 * which pads.
 *
 * <pre>{@code
 * Vocabulary users = Vocabulary.texts("user_id").add("anna", 1).add("ben", 2).build();
 * Vocabulary videos = Vocabulary.integers("video_id").add(90071, 1).add(90072, 2).build();
 * }</pre>
 *
 * @param table the table, {@code emb_name} of the columns that use it
 * @param kind what the raw values are
 * @param ids id of each raw value; integers are written in decimals
 */
public record Vocabulary(String table, Kind kind, ImmutableMap<String, Integer> ids) {

  /** What raw values are. */
  public enum Kind {
    /** Text. */
    TEXT,
    /** Integers of 64 bits. */
    INTEGER
  }

  /**
   * @throws InvalidInputException naming the value that cannot be a line of a file, is not an
   *     integer where integers are expected, or has an id below 0; or if there is no value
   */
  public Vocabulary {
    if (ids.isEmpty()) {
      throw new InvalidInputException("vocabulary '" + table + "' is empty");
    }
    for (Map.Entry<String, Integer> entry : ids.entrySet()) {
      checkValue(table, kind, entry.getKey());
      if (entry.getValue() < 0) {
        throw wrong(
            table, entry.getKey(), "has the id " + entry.getValue() + ", expected 0 or more");
      }
      if (entry.getKey().isEmpty() && entry.getValue() != 0) {
        throw wrong(
            table, "", "is the padding value, but has the id " + entry.getValue() + ", expected 0");
      }
    }
  }

  private static void checkValue(String table, Kind kind, String value) {
    // A lookup table is initialised from lines, whose columns are separated by a tab.
    if (value.chars().anyMatch(c -> c == '\t' || c == '\n' || c == '\r')) {
      throw wrong(table, value, "holds a tab or a line break, which a vocabulary cannot hold");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
      throw wrong(table, value, "is not a Unicode text");
    }
    if (kind == Kind.INTEGER && !isInteger(value)) {
      throw wrong(table, value, "is not an integer of 64 bits");
    }
  }

  /** Whether the text is how an integer of 64 bits is written: no plus, no zeros in front. */
  public static boolean isInteger(String value) {
    try {
      return Long.toString(Long.parseLong(value)).equals(value);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /**
   * Checks that every id is a row of the table.
   *
   * @param vocabSize rows of the table
   * @throws InvalidInputException naming the first value whose id is none
   */
  public void requireIdsBelow(int vocabSize) {
    ids.forEach(
        (value, id) -> {
          if (id >= vocabSize) {
            throw wrong(
                table, value, "has the id " + id + ", expected an id in [0, " + vocabSize + ")");
          }
        });
  }

  /** A digest that another vocabulary has if it gives the same values the same ids. */
  public String digest() {
    Digest digest = new Digest();
    ids.forEach(digest::add);
    return digest.digest();
  }

  private static InvalidInputException wrong(String table, String value, String problem) {
    String shown =
        value.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\0");
    return new InvalidInputException(
        String.format("vocabulary '%s': the value '%s' %s", table, shown, problem));
  }

  /** Collects the ids of texts. */
  public static Builder texts(String table) {
    return new Builder(table, Kind.TEXT);
  }

  /** Collects the ids of integers. */
  public static Builder integers(String table) {
    return new Builder(table, Kind.INTEGER);
  }

  /** Collects values with their ids, in any order. */
  public static final class Builder {
    private final String table;
    private final Kind kind;
    private final Map<String, Integer> ids = new LinkedHashMap<>();

    private Builder(String table, Kind kind) {
      this.table = table;
      this.kind = kind;
    }

    /**
     * Adds a value and its id.
     *
     * @throws InvalidInputException if the value was there before
     */
    public Builder add(String value, int id) {
      Integer before = ids.put(value, id);
      if (before != null) {
        throw wrong(table, value, "occurs twice, with the ids " + before + " and " + id);
      }
      return this;
    }

    /**
     * Adds an integer and its id.
     *
     * @throws InvalidInputException if the value was there before
     */
    public Builder add(long value, int id) {
      return add(Long.toString(value), id);
    }

    /**
     * The vocabulary of the values that were added.
     *
     * @throws InvalidInputException as {@link Vocabulary} says
     */
    public Vocabulary build() {
      return new Vocabulary(table, kind, ImmutableMap.copyOf(ids));
    }
  }

  /**
   * A digest of which id each value of a table has. The order in which values are added does not
   * matter, nor do values with the id 0, which unseen values have too. Not safe for concurrent use.
   */
  public static final class Digest {
    private final long[] sums = new long[4];
    private final MessageDigest sha256 = sha256();
    private long values;

    /** Adds a value. */
    public void add(String value, int id) {
      if (id == 0) {
        return;
      }
      // As Guava's hasher puts an int: the lowest byte first. A vocabulary may have millions.
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        sha256.update((byte) (id >>> shift));
      }
      ByteBuffer hash = ByteBuffer.wrap(sha256.digest(value.getBytes(StandardCharsets.UTF_8)));
      for (int i = 0; i < sums.length; i++) {
        sums[i] += hash.getLong();
      }
      values++;
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
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
}
