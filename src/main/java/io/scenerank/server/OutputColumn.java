package io.scenerank.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Scores.OutputSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * The values of one output, which it writes to JSON in their shape.
 *
 * @param values float[], double[], long[], boolean[] or byte[][]
 */
record OutputColumn(OutputSpec spec, Shape shape, Object values) {
  /** What TF Serving takes as the sign of texts that are bytes. */
  private static final String BYTES = "_bytes";

  static OutputColumn of(Scores scores, OutputSpec spec) {
    return new OutputColumn(spec, scores.shape(spec.name()), values(scores, spec));
  }

  private static Object values(Scores scores, OutputSpec spec) {
    String name = spec.name();
    if (spec.dataType() == DataType.DT_BOOL) {
      return scores.bools(name);
    }
    if (spec.dataType() == DataType.DT_STRING) {
      return scores.bytes(name);
    }
    if (spec.isInteger()) {
      return scores.longs(name);
    }
    return spec.dataType() == DataType.DT_DOUBLE ? scores.doubles(name) : scores.get(name);
  }

  /** The number of rows; -1 of an output without any. */
  long rows() {
    return shape.numDimensions() == 0 ? -1 : shape.get(0);
  }

  /** Writes all values, lists in lists as the shape says. */
  void write(JsonGenerator json) throws IOException {
    write(json, 0, 0);
  }

  /** Writes the values of one row. */
  void writeRow(JsonGenerator json, int row) throws IOException {
    write(json, 1, row * size(1));
  }

  /** Writes all values one after another. */
  void writeFlat(JsonGenerator json) throws IOException {
    for (int i = 0; i < shape.size(); i++) {
      writeValue(json, i);
    }
  }

  private int size(int axis) {
    int size = 1;
    for (int i = axis; i < shape.numDimensions(); i++) {
      size *= Math.toIntExact(shape.get(i));
    }
    return size;
  }

  private void write(JsonGenerator json, int axis, int first) throws IOException {
    if (axis == shape.numDimensions()) {
      writeValue(json, first);
      return;
    }
    json.writeStartArray();
    int step = size(axis + 1);
    for (int i = 0; i < shape.get(axis); i++) {
      write(json, axis + 1, first + i * step);
    }
    json.writeEndArray();
  }

  /** Writes one value. */
  void writeValue(JsonGenerator json, int index) throws IOException {
    if (values instanceof float[] floats) {
      json.writeNumber(floats[index]);
    } else if (values instanceof double[] doubles) {
      json.writeNumber(doubles[index]);
    } else if (values instanceof long[] longs) {
      writeInteger(json, longs[index]);
    } else if (values instanceof boolean[] bools) {
      json.writeBoolean(bools[index]);
    } else {
      writeText(json, ((byte[][]) values)[index]);
    }
  }

  private void writeInteger(JsonGenerator json, long value) throws IOException {
    if (spec.dataType() == DataType.DT_UINT64) {
      json.writeNumber(Long.toUnsignedString(value));
    } else {
      json.writeNumber(value);
    }
  }

  private void writeText(JsonGenerator json, byte[] bytes) throws IOException {
    if (spec.name().endsWith(BYTES)) {
      json.writeStartObject();
      json.writeBinaryField(JsonValues.B64, bytes);
      json.writeEndObject();
    } else {
      json.writeString(new String(bytes, StandardCharsets.UTF_8));
    }
  }
}
