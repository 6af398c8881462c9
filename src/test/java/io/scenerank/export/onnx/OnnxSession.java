package io.scenerank.export.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import com.google.common.collect.ImmutableMap;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.HashMap;
import java.util.Map;

/** ONNX Runtime with one model. */
final class OnnxSession implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  private OnnxSession(byte[] model) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      this.session = environment.createSession(model, options);
    }
  }

  static OnnxSession of(byte[] model) throws OrtException {
    return new OnnxSession(model);
  }

  OrtSession session() {
    return session;
  }

  OnnxTensor ints(int[] values, long... shape) throws OrtException {
    return OnnxTensor.createTensor(environment, IntBuffer.wrap(values), shape);
  }

  OnnxTensor floats(float[] values, long... shape) throws OrtException {
    return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
  }

  OnnxTensor texts(String[] values, long... shape) throws OrtException {
    return OnnxTensor.createTensor(environment, values, shape);
  }

  /** The outputs that are floats, with their values in order. The feeds are closed. */
  ImmutableMap<String, float[]> run(Map<String, OnnxTensor> feeds) throws OrtException {
    Map<String, OnnxTensorLike> all = new HashMap<>(feeds);
    try (OrtSession.Result result = session.run(all)) {
      ImmutableMap.Builder<String, float[]> values = ImmutableMap.builder();
      for (Map.Entry<String, OnnxValue> output : result) {
        OnnxTensor tensor = (OnnxTensor) output.getValue();
        if (tensor.getInfo().type == OnnxJavaType.FLOAT) {
          FloatBuffer buffer = tensor.getFloatBuffer();
          float[] copy = new float[buffer.remaining()];
          buffer.get(copy);
          values.put(output.getKey(), copy);
        }
      }
      return values.buildOrThrow();
    } finally {
      feeds.values().forEach(OnnxTensor::close);
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
