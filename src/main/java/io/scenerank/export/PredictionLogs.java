package io.scenerank.export;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.util.Map;
import org.tensorflow.proto.TensorProto;

/**
 * Makes messages of TF Serving's {@code prediction_log.proto}. No library has them in Java, so the
 * few fields that a request and a response need are described here, under their numbers there.
 */
final class PredictionLogs {
  private static final String PACKAGE = "tensorflow.serving";

  private final FileDescriptor file;

  PredictionLogs() {
    FileDescriptor tensor = TensorProto.getDescriptor().getFile();
    FileDescriptorProto.Builder proto =
        FileDescriptorProto.newBuilder()
            .setName("tensorflow_serving/apis/prediction_log.proto")
            .setPackage(PACKAGE)
            .setSyntax("proto3")
            .addDependency(tensor.getName())
            .addMessageType(message("ModelSpec", text("name", 1), text("signature_name", 3)))
            // On the wire a map is a repeated message of keys and values.
            .addMessageType(
                message(
                    "Input",
                    text("key", 1),
                    field("value", 2, "." + TensorProto.getDescriptor().getFullName())))
            .addMessageType(
                message(
                    "PredictRequest",
                    field("model_spec", 1, "ModelSpec"),
                    field("inputs", 2, "Input").setLabel(Label.LABEL_REPEATED)))
            .addMessageType(
                message(
                    "PredictResponse", field("outputs", 1, "Input").setLabel(Label.LABEL_REPEATED)))
            .addMessageType(
                message(
                    "PredictLog",
                    field("request", 1, "PredictRequest"),
                    field("response", 2, "PredictResponse")))
            .addMessageType(message("PredictionLog", field("predict_log", 6, "PredictLog")));
    try {
      this.file = FileDescriptor.buildFrom(proto.build(), new FileDescriptor[] {tensor});
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException("the description of PredictionLog is wrong", e);
    }
  }

  /**
   * A {@code PredictionLog} of one request and its response.
   *
   * @param inputs the tensor of each input
   * @param outputs the tensor of each output
   */
  Message predict(
      String model,
      String signature,
      Map<String, TensorProto> inputs,
      Map<String, TensorProto> outputs) {
    DynamicMessage.Builder request = builder("PredictRequest");
    set(
        request,
        "model_spec",
        set(set(builder("ModelSpec"), "name", model), "signature_name", signature).build());
    addAll(request, "inputs", inputs);
    DynamicMessage.Builder response = builder("PredictResponse");
    addAll(response, "outputs", outputs);
    DynamicMessage.Builder log = set(builder("PredictLog"), "request", request.build());
    set(log, "response", response.build());
    return set(builder("PredictionLog"), "predict_log", log.build()).build();
  }

  private void addAll(
      DynamicMessage.Builder message, String field, Map<String, TensorProto> tensors) {
    tensors.forEach(
        (name, tensor) ->
            message.addRepeatedField(
                message.getDescriptorForType().findFieldByName(field),
                set(set(builder("Input"), "key", name), "value", tensor).build()));
  }

  private DynamicMessage.Builder builder(String message) {
    return DynamicMessage.newBuilder(file.findMessageTypeByName(message));
  }

  private static DynamicMessage.Builder set(
      DynamicMessage.Builder message, String field, Object value) {
    Descriptor type = message.getDescriptorForType();
    return message.setField(type.findFieldByName(field), value);
  }

  private static DescriptorProto message(String name, FieldDescriptorProto.Builder... fields) {
    DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
    for (FieldDescriptorProto.Builder field : fields) {
      message.addField(field);
    }
    return message.build();
  }

  private static FieldDescriptorProto.Builder text(String name, int number) {
    return optional(name, number).setType(FieldDescriptorProto.Type.TYPE_STRING);
  }

  private static FieldDescriptorProto.Builder field(String name, int number, String message) {
    return optional(name, number)
        .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
        .setTypeName(message);
  }

  private static FieldDescriptorProto.Builder optional(String name, int number) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setLabel(Label.LABEL_OPTIONAL);
  }
}
