package io.scenerank.server;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads and writes messages of protocol buffers by the numbers of their fields. */
final class GrpcMessage {
  /** Of a tag, the bits that say how the field is coded; those above are its number. */
  static final int TAG_BITS = 3;

  private static final int KEY = 1;
  private static final int VALUE = 2;

  private GrpcMessage() {}

  /** Reads fields until the message ends. */
  interface Reading<T> {
    T read(CodedInputStream in) throws IOException;
  }

  /** Writes fields. */
  interface Writing {
    void write(CodedOutputStream out) throws IOException;
  }

  /** An entry of a map. */
  record Entry(String key, byte[] value) {}

  /**
   * @throws RequestException if the bytes are no message
   */
  static <T> T read(byte[] message, Reading<T> reading) {
    try {
      return reading.read(CodedInputStream.newInstance(message));
    } catch (InvalidProtocolBufferException e) {
      throw RequestException.invalid("the message is damaged: " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] write(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      writing.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** On the wire, a map is a repeated message of a key (1) and a value (2). */
  static Entry readEntry(CodedInputStream in) throws IOException {
    CodedInputStream entry = CodedInputStream.newInstance(in.readByteBuffer());
    String key = "";
    byte[] value = new byte[0];
    for (int tag = entry.readTag(); tag != 0; tag = entry.readTag()) {
      switch (tag >>> TAG_BITS) {
        case KEY -> key = entry.readStringRequireUtf8();
        case VALUE -> value = entry.readByteArray();
        default -> entry.skipField(tag);
      }
    }
    return new Entry(key, value);
  }

  /** Writes an entry of the map that is the field of this number. */
  static void writeEntry(CodedOutputStream out, int field, String key, MessageLite value)
      throws IOException {
    int size =
        CodedOutputStream.computeStringSize(KEY, key)
            + CodedOutputStream.computeMessageSize(VALUE, value);
    out.writeTag(field, 2);
    out.writeUInt32NoTag(size);
    out.writeString(KEY, key);
    out.writeMessage(VALUE, value);
  }
}
