package io.scenerank.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads and writes JSON token by token, with NaN and Infinity as TF Serving has them. */
final class Json {
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private static final int ANSWER_BYTES = 512;

  private Json() {}

  /** Reads with a parser. */
  interface Reading<T> {
    T read(JsonParser parser) throws IOException;
  }

  /** Writes with a generator. */
  interface Writing {
    void write(JsonGenerator json) throws IOException;
  }

  /**
   * Reads one JSON object, at whose first token the reading begins and at whose last one it ends.
   *
   * @throws RequestException if the bytes are not JSON, or more or other than one object
   */
  static <T> T read(byte[] body, Reading<T> reading) {
    try (JsonParser parser = FACTORY.createParser(body)) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        throw RequestException.invalid(
            "the body is "
                + (first == null ? "empty" : JsonValues.found(parser))
                + ", expected a JSON object");
      }
      T value = reading.read(parser);
      if (parser.nextToken() != null) {
        throw RequestException.invalid("the body has more after its JSON object");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw RequestException.invalid("the body is not JSON (" + place(e) + ")");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Checks what the parser is at.
   *
   * @param place of the value in the body, for an error
   * @param expected what the token is called
   */
  static void require(JsonParser parser, JsonToken token, String place, String expected)
      throws IOException {
    if (parser.currentToken() != token) {
      throw RequestException.invalid(
          place + ": found " + JsonValues.found(parser) + ", expected " + expected);
    }
  }

  private static String place(JsonProcessingException e) {
    String line = firstLine(e.getOriginalMessage());
    JsonLocation location = e.getLocation();
    return location == null ? line : line + ", byte " + location.getByteOffset();
  }

  private static String firstLine(String message) {
    String line = message.lines().findFirst().orElse("");
    int source = line.indexOf(" (start marker");
    return source < 0 ? line : line.substring(0, source);
  }

  /** Writes JSON. */
  static byte[] write(Writing writing) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(ANSWER_BYTES);
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      writing.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** An error as TF Serving writes it. */
  static byte[] error(String line) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeStringField("error", line);
          json.writeEndObject();
        });
  }
}
