package io.scenerank.data.prepare;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The ids of texts: a hash table whose texts are UTF-8 bytes in a few large arrays, about 30 bytes
 * for a short text where a map of strings takes 150. May be read by many threads once all texts are
 * in it.
 */
final class IdTable {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int PAGE = 1 << 20; // bytes
  private static final long LARGEST = 1 << 30; // slots
  private static final int HEAD = 2 * Integer.BYTES; // id and length

  // Where an entry begins, plus 1; 0 is free: a page in the upper half, a byte of it in the lower.
  private final long[] slots;
  private final List<byte[]> pages = new ArrayList<>();
  private int used = PAGE;

  /**
   * @param texts how many there will be at most
   */
  IdTable(long texts) {
    // At most three of four slots are taken, so that a free one ends every search soon.
    long least = Math.max(4, texts + texts / 3 + 1);
    this.slots = new long[(int) Math.min(LARGEST, Long.highestOneBit(least - 1) << 1)];
  }

  /**
   * Adds a text.
   *
   * @return false if it is there already, and nothing was added
   */
  boolean add(String text, int id) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int slot = slot(bytes);
    if (slots[slot] != 0) {
      return false;
    }
    slots[slot] = store(bytes, id) + 1;
    return true;
  }

  /** The id of a text, 0 if it was not added. */
  int get(String text) {
    long entry = slots[slot(text.getBytes(StandardCharsets.UTF_8))];
    return entry == 0 ? 0 : readInt(page(entry - 1), offset(entry - 1));
  }

  /** The slot that has the text, or the free one where it belongs. */
  private int slot(byte[] text) {
    int mask = slots.length - 1;
    int slot = hash(text) & mask;
    while (slots[slot] != 0 && !isAt(slots[slot] - 1, text)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /**
   * The hash of arrays, whose lower bits are mixed: ids in a row differ in the last digit alone.
   */
  private static int hash(byte[] text) {
    int hash = Arrays.hashCode(text) * 0x9E3779B9;
    return hash ^ (hash >>> 15);
  }

  private boolean isAt(long entry, byte[] text) {
    byte[] page = page(entry);
    int offset = offset(entry);
    int from = offset + HEAD;
    return readInt(page, offset + Integer.BYTES) == text.length
        && Arrays.equals(page, from, from + text.length, text, 0, text.length);
  }

  private long store(byte[] text, int id) {
    int size = HEAD + text.length;
    if (used + size > PAGE || pages.isEmpty()) {
      pages.add(new byte[Math.max(PAGE, size)]);
      used = 0;
    }
    long entry = (long) (pages.size() - 1) << Integer.SIZE | used;
    byte[] page = page(entry);
    writeInt(page, used, id);
    writeInt(page, used + Integer.BYTES, text.length);
    System.arraycopy(text, 0, page, used + HEAD, text.length);
    used += size;
    return entry;
  }

  private byte[] page(long entry) {
    return pages.get((int) (entry >>> Integer.SIZE));
  }

  private static int offset(long entry) {
    return (int) entry;
  }

  private static void writeInt(byte[] page, int at, int value) {
    INT.set(page, at, value);
  }

  private static int readInt(byte[] page, int at) {
    return (int) INT.get(page, at);
  }
}
