package io.scenerank.export.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A message in protobuf's wire format, put together field by field. Bytes that it is given are not
 * copied.
 */
final class ProtoMessage {
  private static final int HEADER_BYTES = 20;

  private final List<ByteString> parts = new ArrayList<>();

  /** Writes a few bytes. */
  @FunctionalInterface
  private interface Encoder {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private ProtoMessage add(Encoder encoder) {
    ByteString.Output bytes = ByteString.newOutput(HEADER_BYTES);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes, HEADER_BYTES);
    try {
      encoder.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // into memory
    }
    parts.add(bytes.toByteString());
    return this;
  }

  /** A field int32, int64 or of an enum. */
  ProtoMessage number(int field, long value) {
    return add(out -> out.writeInt64(field, value));
  }

  /** A repeated field of integers. */
  ProtoMessage numbers(int field, long... values) {
    for (long value : values) {
      number(field, value);
    }
    return this;
  }

  ProtoMessage real(int field, float value) {
    return add(out -> out.writeFloat(field, value));
  }

  ProtoMessage text(int field, String value) {
    return bytes(field, ByteString.copyFromUtf8(value));
  }

  ProtoMessage bytes(int field, ByteString value) {
    add(
        out -> {
          out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
          out.writeUInt32NoTag(value.size());
        });
    parts.add(value);
    return this;
  }

  ProtoMessage message(int field, ProtoMessage value) {
    return bytes(field, value.toByteString());
  }

  ByteString toByteString() {
    return ByteString.copyFrom(parts);
  }
}
