package io.scenerank.export;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Frames records as a TFRecord file does: length, its checksum, the bytes, their checksum. */
final class TfRecord {
  private static final int MASK_DELTA = 0xa282ead8;

  private TfRecord() {}

  /** Appends one record. */
  static void write(OutputStream out, byte[] record) throws IOException {
    byte[] length = littleEndian(Long.BYTES).putLong(record.length).array();
    out.write(length);
    out.write(checksum(length));
    out.write(record);
    out.write(checksum(record));
  }

  /** CRC32C, rotated and shifted so that a checksum of checksums stays a good one. */
  private static byte[] checksum(byte[] bytes) {
    int crc = Hashing.crc32c().hashBytes(bytes).asInt();
    int masked = Integer.rotateRight(crc, 15) + MASK_DELTA;
    return littleEndian(Integer.BYTES).putInt(masked).array();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
