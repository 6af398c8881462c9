package io.scenerank.serve.raw;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import io.scenerank.feature.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What texts become. */
interface IdSource {
  /** The id of a text; 0 where it has none. */
  int id(String text);

  /** Whether a text without an id is one that no training row had. */
  boolean isVocabulary();

  /** The bucket of a text's hash. */
  record Buckets(HashFunction fingerprint, int number) implements IdSource {
    static Buckets of(int number) {
      return new Buckets(Hashing.farmHashFingerprint64(), number);
    }

    @Override
    public int id(String text) {
      long hash = fingerprint.hashString(text, StandardCharsets.UTF_8).asLong();
      return (int) Long.remainderUnsigned(hash, number) + 1;
    }

    @Override
    public boolean isVocabulary() {
      return false;
    }
  }

  /**
   * The ids that a vocabulary holds, in a table with open addressing. A look-up reads two places of
   * the memory: a slot, and the characters of its text, which lie one text behind the other. To
   * follow references to texts takes twice as long where tables are larger than the caches.
   */
  final class Table implements IdSource {
    /** Of a slot: the hash of its text, where its characters begin, their number and the id. */
    private static final int HASH = 0;

    private static final int START = 1;
    private static final int LENGTH = 2;
    private static final int ID = 3;
    private static final int SLOT = 4;

    /** Tables are filled up to two thirds. */
    private static final int SPARSE = 3;

    private final int[] slots;
    private final char[] characters;
    private final int mask;

    Table(Vocabulary vocabulary) {
      Map<String, Integer> entries = vocabulary.ids();
      int size = 1;
      while (2L * size < (long) SPARSE * entries.size()) {
        size *= 2;
      }
      this.slots = new int[Math.multiplyExact(2 * size, SLOT)];
      this.mask = 2 * size - 1;
      long length = entries.keySet().stream().mapToLong(String::length).sum();
      this.characters = new char[Math.toIntExact(length)];
      int start = 0;
      for (Map.Entry<String, Integer> entry : entries.entrySet()) {
        // The empty text pads, and an id of 0 is that of what is not here.
        if (entry.getValue() != 0) {
          put(entry.getKey(), entry.getValue(), start);
          start += entry.getKey().length();
        }
      }
    }

    private void put(String text, int id, int start) {
      text.getChars(0, text.length(), characters, start);
      int hash = text.hashCode();
      int at = first(hash);
      while (slots[at + ID] != 0) {
        at = next(at);
      }
      slots[at + HASH] = hash;
      slots[at + START] = start;
      slots[at + LENGTH] = text.length();
      slots[at + ID] = id;
    }

    private int first(int hash) {
      return ((hash ^ (hash >>> 16)) & mask) * SLOT;
    }

    private int next(int at) {
      return (at + SLOT) & (slots.length - 1);
    }

    @Override
    public int id(String text) {
      int hash = text.hashCode();
      int at = first(hash);
      while (slots[at + ID] != 0) {
        if (slots[at + HASH] == hash && isAt(text, at)) {
          return slots[at + ID];
        }
        at = next(at);
      }
      return 0;
    }

    private boolean isAt(String text, int at) {
      int length = slots[at + LENGTH];
      if (text.length() != length) {
        return false;
      }
      int start = slots[at + START];
      for (int i = 0; i < length; i++) {
        if (text.charAt(i) != characters[start + i]) {
          return false;
        }
      }
      return true;
    }

    @Override
    public boolean isVocabulary() {
      return true;
    }
  }
}
