package io.scenerank.export.onnx;

import java.util.Map;

/** A graph with what a file of ONNX says of it, as {@code ModelProto}. */
final class OnnxModel {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;
  private static final int ML_OPSET = 2;
  private static final String PRODUCER = "scenerank";

  private OnnxModel() {}

  /**
   * Puts a file together.
   *
   * @param name of the graph
   * @param documentation of the model
   * @param metadata by keys, which get the producer's name in front
   */
  static ProtoMessage toProto(
      OnnxGraph graph, String name, String documentation, Map<String, String> metadata) {
    ProtoMessage model =
        new ProtoMessage()
            .number(1, IR_VERSION)
            .text(2, PRODUCER)
            .text(3, version())
            .text(4, "io.scenerank")
            .number(5, 1)
            .text(6, documentation)
            .message(7, graph.toProto(name))
            .message(8, opset("", OPSET));
    if (graph.usesMl()) {
      model.message(8, opset(OnnxGraph.ML, ML_OPSET));
    }
    metadata.forEach(
        (key, value) ->
            model.message(14, new ProtoMessage().text(1, PRODUCER + "." + key).text(2, value)));
    return model;
  }

  private static ProtoMessage opset(String domain, int version) {
    return new ProtoMessage().text(1, domain).number(2, version);
  }

  private static String version() {
    String version = OnnxModel.class.getPackage().getImplementationVersion();
    return version == null ? "" : version;
  }
}
