package io.scenerank.server;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Int64Value;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * {@code tensorflow.serving.ModelSpec}: name (1), version (2, an Int64Value), signature_name (3),
 * version_label (4).
 */
record GrpcModelSpec(String name, OptionalLong version, String label, String signature) {
  private static final int NAME = 1;
  private static final int VERSION = 2;
  private static final int SIGNATURE = 3;
  private static final int LABEL = 4;

  static final GrpcModelSpec NONE = new GrpcModelSpec("", OptionalLong.empty(), "", "");

  static GrpcModelSpec read(CodedInputStream in) throws IOException {
    String name = "";
    OptionalLong version = OptionalLong.empty();
    String label = "";
    String signature = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag >>> GrpcMessage.TAG_BITS) {
        case NAME -> name = in.readStringRequireUtf8();
        case VERSION ->
            version = OptionalLong.of(Int64Value.parseFrom(in.readByteArray()).getValue());
        case SIGNATURE -> signature = in.readStringRequireUtf8();
        case LABEL -> label = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    return new GrpcModelSpec(name, version, label, signature);
  }

  /** The version that is requested. */
  VersionChoice choice() {
    if (version.isPresent()) {
      return VersionChoice.number(version.getAsLong());
    }
    return label.isEmpty() ? VersionChoice.current() : VersionChoice.label(label);
  }

  /** What an answer says of the version that gave it. */
  GrpcModelSpec answeredBy(long number) {
    return new GrpcModelSpec(name, OptionalLong.of(number), "", signature);
  }

  GrpcModelSpec withSignature(String asked) {
    return new GrpcModelSpec(name, version, label, asked);
  }

  void write(CodedOutputStream out) throws IOException {
    out.writeString(NAME, name);
    if (version.isPresent()) {
      out.writeMessage(VERSION, Int64Value.of(version.getAsLong()));
    }
    if (!signature.isEmpty()) {
      out.writeString(SIGNATURE, signature);
    }
  }
}
