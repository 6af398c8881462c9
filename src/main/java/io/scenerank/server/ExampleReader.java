package io.scenerank.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import io.scenerank.serve.Signatures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.FloatList;
import org.tensorflow.proto.Int64List;

/**
 * Reads the request of a classification or a regression in JSON: {@code examples} and the features
 * that they share, {@code context}, as {@code tf.Example}. Integers are int64, other numbers
 * floats, texts bytes.
 */
final class ExampleReader {
  private final int maxRows;
  private final List<Features> examples = new ArrayList<>();
  private Features context = Features.getDefaultInstance();
  private String signature = Signatures.SERVING_DEFAULT;

  /** A request that was read: serialized examples for a signature. */
  record Call(String signature, byte[][] examples) {}

  /**
   * @param maxRows the most examples of a request
   */
  ExampleReader(int maxRows) {
    this.maxRows = maxRows;
  }

  Call read(byte[] body) {
    return Json.read(body, this::read);
  }

  private Call read(JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "signature_name" -> {
          Json.require(parser, JsonToken.VALUE_STRING, key, "a text");
          signature = parser.getText();
        }
        case "context" -> context = features(parser, "context");
        case "examples" -> examples(parser);
        default -> parser.skipChildren();
      }
    }
    if (examples.isEmpty()) {
      throw RequestException.invalid("the body has no 'examples', expected at least one");
    }
    return new Call(
        signature,
        examples.stream()
            .map(
                example ->
                    Example.newBuilder()
                        .setFeatures(context.toBuilder().mergeFrom(example))
                        .build()
                        .toByteArray())
            .toArray(byte[][]::new));
  }

  private void examples(JsonParser parser) throws IOException {
    Json.require(parser, JsonToken.START_ARRAY, "examples", "a list");
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (examples.size() == maxRows) {
        throw RequestException.tooManyRows(maxRows);
      }
      examples.add(features(parser, "example " + examples.size()));
    }
  }

  private static Features features(JsonParser parser, String place) throws IOException {
    Json.require(parser, JsonToken.START_OBJECT, place, "an object");
    Features.Builder features = Features.newBuilder();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      try {
        features.putFeature(name, feature(parser));
      } catch (RequestException e) {
        throw RequestException.invalid(place + ", feature '" + name + "': " + e.line());
      }
    }
    return features.build();
  }

  private static Feature feature(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      JsonValues one = values(parser);
      one.add(parser);
      return feature(one.array());
    }
    if (parser.nextToken() == JsonToken.END_ARRAY) {
      return Feature.getDefaultInstance();
    }
    JsonValues values = values(parser);
    do {
      values.add(parser);
    } while (parser.nextToken() != JsonToken.END_ARRAY);
    return feature(values.array());
  }

  private static JsonValues values(JsonParser parser) {
    return JsonValues.of(
        "",
        switch (parser.currentToken()) {
          case VALUE_NUMBER_INT -> DataType.DT_INT64;
          case VALUE_NUMBER_FLOAT -> DataType.DT_FLOAT;
          default -> DataType.DT_STRING;
        });
  }

  private static Feature feature(Object array) {
    Feature.Builder feature = Feature.newBuilder();
    if (array instanceof long[] longs) {
      Int64List.Builder list = Int64List.newBuilder();
      for (long value : longs) {
        list.addValue(value);
      }
      feature.setInt64List(list);
    } else if (array instanceof float[] floats) {
      FloatList.Builder list = FloatList.newBuilder();
      for (float value : floats) {
        list.addValue(value);
      }
      feature.setFloatList(list);
    } else {
      BytesList.Builder list = BytesList.newBuilder();
      for (byte[] value : (byte[][]) array) {
        list.addValue(ByteString.copyFrom(value));
      }
      feature.setBytesList(list);
    }
    return feature.build();
  }
}
