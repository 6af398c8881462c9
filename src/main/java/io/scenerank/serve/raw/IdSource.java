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

  /** The ids that a vocabulary holds, in a table with open addressing. */
  final class Table implements IdSource {
    private static final int SPARSE = 2;

    private final String[] texts;
    private final int[] ids;
    private final int mask;

    Table(Vocabulary vocabulary) {
      Map<String, Integer> entries = vocabulary.ids();
      int size = Integer.highestOneBit(Math.max(1, entries.size()) * SPARSE) * SPARSE;
      this.texts = new String[size];
      this.ids = new int[size];
      this.mask = size - 1;
      entries.forEach(this::put);
    }

    private void put(String text, int id) {
      int at = slot(text);
      texts[at] = text;
      ids[at] = id;
    }

    private int slot(String text) {
      int hash = text.hashCode();
      int at = (hash ^ (hash >>> 16)) & mask;
      while (texts[at] != null && !texts[at].equals(text)) {
        at = (at + 1) & mask;
      }
      return at;
    }

    @Override
    public int id(String text) {
      return ids[slot(text)];
    }

    @Override
    public boolean isVocabulary() {
      return true;
    }
  }
}
