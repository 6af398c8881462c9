package io.scenerank.keras;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.hash.Hashing;
import io.scenerank.config.InvalidInputException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads a sorted string table, the format of a TensorFlow checkpoint's index: blocks of keys with
 * shared prefixes, an index block of them, a footer. Every block's checksum is verified.
 */
final class SsTable {
  private static final int FOOTER = 48;
  private static final long MAGIC = 0xdb4775248b80fb57L;
  private static final int TRAILER = 5;
  private static final int CRC_DELTA = 0xa282ead8;

  private final String where;
  private final ByteBuffer bytes;

  private record Handle(int offset, int size) {}

  private SsTable(String where, byte[] bytes) {
    this.where = where;
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * @param where how messages call the file
   * @return the values by key
   * @throws InvalidInputException if the bytes are no such table or damaged
   */
  static ImmutableSortedMap<String, byte[]> read(String where, byte[] bytes) {
    try {
      return new SsTable(where, bytes).entries();
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw damaged(where, "it ends too early");
    }
  }

  /** The checksum of TensorFlow's files: CRC-32C, rotated and shifted. */
  static int maskedCrc(byte[] bytes, int offset, int length) {
    int crc = Hashing.crc32c().hashBytes(bytes, offset, length).asInt();
    return Integer.rotateRight(crc, 15) + CRC_DELTA;
  }

  private ImmutableSortedMap<String, byte[]> entries() {
    if (bytes.limit() < FOOTER || bytes.getLong(bytes.limit() - Long.BYTES) != MAGIC) {
      throw damaged(where, "the footer is missing");
    }
    ByteBuffer footer = slice(bytes.limit() - FOOTER, FOOTER);
    handle(footer); // of the meta index, which holds nothing
    TreeMap<String, byte[]> entries = new TreeMap<>();
    for (byte[] value : block(handle(footer)).values()) {
      entries.putAll(block(handle(ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN))));
    }
    return ImmutableSortedMap.copyOfSorted(entries);
  }

  private Handle handle(ByteBuffer from) {
    long offset = varint(from);
    long size = varint(from);
    if (offset < 0 || size < 0 || offset + size + TRAILER > bytes.limit() || offset + size < 0) {
      throw damaged(where, "a block lies outside the file");
    }
    return new Handle((int) offset, (int) size);
  }

  private SortedMap<String, byte[]> block(Handle handle) {
    int end = handle.offset() + handle.size();
    if (bytes.get(end) != 0) {
      throw damaged(where, "a block is compressed, expected a plain one");
    }
    if (maskedCrc(bytes.array(), handle.offset(), handle.size() + 1) != bytes.getInt(end + 1)) {
      throw damaged(where, "a block's checksum is wrong");
    }
    ByteBuffer block = slice(handle.offset(), handle.size());
    int restarts = block.getInt(block.limit() - Integer.BYTES);
    long entriesEnd = block.limit() - Integer.BYTES * (1L + restarts);
    if (restarts < 0 || entriesEnd < 0) {
      throw damaged(where, "a block has " + restarts + " restarts");
    }
    block.limit((int) entriesEnd);
    TreeMap<String, byte[]> entries = new TreeMap<>();
    byte[] key = new byte[0];
    while (block.hasRemaining()) {
      int shared = Math.toIntExact(varint(block));
      int rest = Math.toIntExact(varint(block));
      int length = Math.toIntExact(varint(block));
      if (shared > key.length || rest > block.remaining() || length > block.remaining() - rest) {
        throw damaged(where, "an entry is longer than its block");
      }
      byte[] next = Arrays.copyOf(key, shared + rest);
      block.get(next, shared, rest);
      byte[] value = new byte[length];
      block.get(value);
      entries.put(new String(next, StandardCharsets.UTF_8), value);
      key = next;
    }
    return entries;
  }

  private ByteBuffer slice(int offset, int size) {
    return bytes.slice(offset, size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A number of seven bits a byte, the lowest first. */
  static long varint(ByteBuffer from) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = from.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number of more than 64 bits");
  }

  private static InvalidInputException damaged(String where, String why) {
    return new InvalidInputException(where + ": damaged or not a checkpoint index (" + why + ")");
  }
}
