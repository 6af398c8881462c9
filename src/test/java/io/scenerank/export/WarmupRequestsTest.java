package io.scenerank.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.BaseEncoding;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.scenerank.serve.Features;
import io.scenerank.serve.SavedModelPredictor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/** The warm-up file, read by the field numbers of TF Serving's protos. */
class WarmupRequestsTest {
  private static final int HEADER = 12; // length and its checksum

  @Test
  void recordsAreFramedAsPythonFramesThem() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TfRecord.write(out, "scene".getBytes(StandardCharsets.US_ASCII));
    TfRecord.write(out, new byte[0]);
    // tf.io.TFRecordWriter of the same records.
    assertThat(BaseEncoding.base16().lowerCase().encode(out.toByteArray()))
        .isEqualTo("0500000000000000eab2043e7363656e65c3064e32000000000000000029039807d8ea82a2");
  }

  @Test
  void theRequestIsOneRowThatTheModelScores() throws IOException {
    UnknownFieldSet request = child(child(log(), 6), 1);
    UnknownFieldSet spec = child(request, 1);
    assertThat(text(spec, 1)).isEqualTo("pepnet");
    assertThat(text(spec, 3)).isEqualTo("serving_default");
    Map<String, TensorProto> inputs = new HashMap<>();
    for (ByteString bytes : request.getField(2).getLengthDelimitedList()) {
      UnknownFieldSet input = UnknownFieldSet.parseFrom(bytes);
      ByteString value = input.getField(2).getLengthDelimitedList().get(0);
      inputs.put(text(input, 1), TensorProto.parseFrom(value));
    }
    try (SavedModelPredictor predictor = SavedModelPredictor.load(SmallModel.get().folder())) {
      float[] click = predictor.predict(features(inputs)).get("click");
      assertThat(click).hasSize(1);
      assertThat(click[0]).isBetween(0f, 1f);
    }
  }

  private static Features features(Map<String, TensorProto> inputs) {
    Features.Builder features = Features.builder();
    inputs.forEach(
        (name, tensor) -> {
          assertThat(tensor.getTensorShape().getDim(0).getSize()).isEqualTo(1);
          int width = (int) tensor.getTensorShape().getDim(1).getSize();
          if (tensor.getDtype() == DataType.DT_INT32) {
            int[] ids = tensor.getIntValList().stream().mapToInt(id -> id).toArray();
            assertThat(ids).as(name).hasSize(width);
            features.ids(name, new int[][] {ids});
          } else {
            assertThat(tensor.getFloatValList()).as(name).hasSize(width).containsOnly(0f);
            features.floats(name, new float[1][width]);
          }
        });
    return features.build();
  }

  private static UnknownFieldSet log() throws IOException {
    byte[] file =
        Files.readAllBytes(
            SmallModel.get().folder().resolve("assets.extra/tf_serving_warmup_requests"));
    int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertThat(file).as("one record").hasSize(HEADER + length + Integer.BYTES);
    return UnknownFieldSet.parseFrom(ByteString.copyFrom(file, HEADER, length));
  }

  private static UnknownFieldSet child(UnknownFieldSet message, int field) throws IOException {
    return UnknownFieldSet.parseFrom(message.getField(field).getLengthDelimitedList().get(0));
  }

  private static String text(UnknownFieldSet message, int field) {
    return message.getField(field).getLengthDelimitedList().get(0).toStringUtf8();
  }
}
