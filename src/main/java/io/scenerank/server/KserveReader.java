package io.scenerank.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.SpellingHint;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker.InputSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the request of an inference in KServe's protocol of version 2. */
final class KserveReader {
  private static final int MOST_AXES = 16;

  private final ServedModel.Signature signature;
  private final int maxRows;
  private final Features.Builder features = Features.builder();
  private final ImmutableSet.Builder<String> outputs = ImmutableSet.builder();
  private String id = "";

  /**
   * A request that was read.
   *
   * @param id of the request, which the answer repeats; empty if it has none
   * @param outputs that are requested; empty for all
   */
  record Call(String id, Features features, ImmutableSet<String> outputs) {}

  /** An input that is being read. */
  private static final class Input {
    @Nullable String name;
    @Nullable String type;
    long @Nullable [] shape;
    @Nullable JsonValues values;

    /** Values that come before the name that tells their type. */
    @Nullable TokenBuffer early;
  }

  /**
   * @param maxRows the most rows of a request
   */
  KserveReader(ServedModel.Signature signature, int maxRows) {
    this.signature = signature;
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
        case "id" -> id = text(parser, "id");
        case "inputs" -> list(parser, key, this::input);
        case "outputs" -> list(parser, key, this::output);
        default -> parser.skipChildren();
      }
    }
    return new Call(id, features.build(), outputs.build());
  }

  /** Reads an object of a list. */
  private interface Item {
    void read(JsonParser parser) throws IOException;
  }

  private static void list(JsonParser parser, String key, Item item) throws IOException {
    Json.require(parser, JsonToken.START_ARRAY, key, "a list");
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Json.require(parser, JsonToken.START_OBJECT, key, "objects");
      item.read(parser);
    }
  }

  private static String text(JsonParser parser, String key) throws IOException {
    Json.require(parser, JsonToken.VALUE_STRING, key, "a text");
    return parser.getText();
  }

  private void output(JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      if (key.equals("name")) {
        String name = text(parser, "outputs");
        if (!signature.outputs().containsKey(name)) {
          throw RequestException.invalid(
              "output '"
                  + name
                  + "' is unknown"
                  + SpellingHint.hint(name, signature.outputs().keySet()));
        }
        outputs.add(name);
      } else {
        parser.skipChildren();
      }
    }
  }

  private void input(JsonParser parser) throws IOException {
    Input input = new Input();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "name" -> input.name = text(parser, "inputs");
        case "datatype" -> input.type = text(parser, "datatype");
        case "shape" -> input.shape = shape(parser);
        case "data" -> data(parser, input);
        default -> parser.skipChildren();
      }
    }
    add(input);
  }

  private static long[] shape(JsonParser parser) throws IOException {
    Json.require(parser, JsonToken.START_ARRAY, "shape", "a list");
    List<Long> sizes = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Json.require(parser, JsonToken.VALUE_NUMBER_INT, "shape", "integers");
      if (sizes.size() == MOST_AXES || parser.getNumberType() != JsonParser.NumberType.INT) {
        throw RequestException.invalid("shape: found too many axes, or a size beyond 2^31");
      }
      sizes.add(parser.getLongValue());
    }
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }

  private void data(JsonParser parser, Input input) throws IOException {
    if (input.name == null) {
      TokenBuffer early = new TokenBuffer(parser);
      early.copyCurrentStructure(parser);
      input.early = early;
    } else {
      input.values = values(parser, input.name);
    }
  }

  private InputSpec spec(String name) {
    InputSpec spec = signature.inputs().get(name);
    if (spec == null) {
      throw RequestException.unknownInput(name, signature.inputs().keySet());
    }
    return spec;
  }

  private JsonValues values(JsonParser parser, String name) throws IOException {
    JsonValues values = JsonValues.of(name, spec(name).dataType());
    Json.require(parser, JsonToken.START_ARRAY, "input '" + name + "': data", "a list");
    int open = 1;
    while (open > 0) {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.START_ARRAY) {
        open++;
      } else if (token == JsonToken.END_ARRAY) {
        open--;
      } else if (token == null) {
        throw RequestException.invalid("input '" + name + "': the data has no end");
      } else {
        try {
          values.add(parser);
        } catch (RequestException e) {
          throw RequestException.invalid(
              String.format(Locale.ROOT, "input '%s', value %d: %s", name, values.size, e.line()));
        }
      }
    }
    return values;
  }

  private void add(Input input) throws IOException {
    if (input.name == null) {
      throw RequestException.invalid("inputs: found an input without a name");
    }
    InputSpec spec = spec(input.name);
    if (input.early != null) {
      try (JsonParser early = input.early.asParser()) {
        early.nextToken();
        input.values = values(early, input.name);
      }
    }
    String expected = KserveTypes.name(spec.dataType());
    if (!expected.equals(input.type)) {
      throw RequestException.invalid(
          "input '" + input.name + "' has the datatype " + input.type + ", expected " + expected);
    }
    if (input.values == null || input.shape == null) {
      throw RequestException.invalid(
          "input '"
              + input.name
              + "' has no "
              + (input.values == null ? "data; binary data is not taken" : "shape"));
    }
    add(spec, input.shape, input.values);
  }

  private void add(InputSpec spec, long[] shape, JsonValues values) {
    if (shape.length > 0 && shape[0] > maxRows) {
      throw RequestException.tooManyRows(maxRows);
    }
    if (Arrays.stream(shape).anyMatch(size -> size < 0)
        || Arrays.stream(shape).asDoubleStream().reduce(1, (a, b) -> a * b) != values.size) {
      throw RequestException.invalid(
          String.format(
              Locale.ROOT,
              "input '%s': found %d values, which do not fill the shape %s",
              spec.name(),
              values.size,
              Arrays.toString(shape)));
    }
    features.values(spec.name(), values.array(), shape);
  }
}
