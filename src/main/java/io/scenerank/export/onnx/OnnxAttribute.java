package io.scenerank.export.onnx;

import com.google.protobuf.ByteString;
import java.util.List;

/** An attribute of a node, as {@code AttributeProto}. */
record OnnxAttribute(ProtoMessage proto) {
  private static final int TYPE = 20;

  private static OnnxAttribute of(String name, int type, ProtoMessage value) {
    return new OnnxAttribute(value.text(1, name).number(TYPE, type));
  }

  static OnnxAttribute of(String name, long value) {
    return of(name, 2, new ProtoMessage().number(3, value));
  }

  static OnnxAttribute of(String name, float value) {
    return of(name, 1, new ProtoMessage().real(2, value));
  }

  static OnnxAttribute of(String name, String value) {
    return of(name, 3, new ProtoMessage().text(4, value));
  }

  static OnnxAttribute ofAll(String name, long... values) {
    return of(name, 7, new ProtoMessage().numbers(8, values));
  }

  static OnnxAttribute ofTexts(String name, List<ByteString> values) {
    ProtoMessage proto = new ProtoMessage();
    values.forEach(value -> proto.bytes(9, value));
    return of(name, 8, proto);
  }
}
