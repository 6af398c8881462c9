package io.scenerank.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.common.collect.ImmutableMap;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Signatures;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads TF Serving's request of a prediction in JSON, rows ({@code instances}) or columns ({@code
 * inputs}), straight into arrays of the inputs' types.
 */
final class PredictReader {
  private static final String SIGNATURE_NAME = "signature_name";
  private static final String INSTANCES = "instances";
  private static final String INPUTS = "inputs";

  private final ServedModel.Version version;
  private final int maxRows;

  /** A request that was read. */
  record Call(ServedModel.Signature signature, boolean isRows, Features features) {}

  /**
   * @param maxRows the most rows of a request
   */
  PredictReader(ServedModel.Version version, int maxRows) {
    this.version = version;
    this.maxRows = maxRows;
  }

  /**
   * @throws RequestException naming what is wrong in the body
   */
  Call read(byte[] body) {
    String usual = Signatures.SERVING_DEFAULT;
    try {
      return Json.read(body, parser -> new Pass(usual).read(parser));
    } catch (RequestException e) {
      // The signature's name may come after the values, which were then read as another's.
      String name = Json.read(body, PredictReader::signatureName).orElse(usual);
      if (name.equals(usual)) {
        throw e;
      }
      return Json.read(body, parser -> new Pass(name).read(parser));
    }
  }

  private static Optional<String> signatureName(JsonParser parser) throws IOException {
    Optional<String> name = Optional.empty();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      if (key.equals(SIGNATURE_NAME)) {
        name = Optional.of(text(parser));
      } else {
        parser.skipChildren();
      }
    }
    return name;
  }

  private static String text(JsonParser parser) throws IOException {
    Json.require(parser, JsonToken.VALUE_STRING, SIGNATURE_NAME, "a text");
    return parser.getText();
  }

  /** One reading of the body with a signature in mind. */
  private final class Pass {
    private final Map<String, JsonColumn> columns = new LinkedHashMap<>();
    private String name;
    private ServedModel.@Nullable Signature signature;
    private @Nullable String form;
    private int rows;

    Pass(String name) {
      this.name = name;
    }

    Call read(JsonParser parser) throws IOException {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        parser.nextToken();
        switch (key) {
          case SIGNATURE_NAME -> choose(text(parser));
          case INSTANCES -> {
            begin(key);
            instances(parser);
          }
          case INPUTS -> {
            begin(key);
            inputs(parser);
          }
          default -> parser.skipChildren();
        }
      }
      if (form == null) {
        throw RequestException.invalid("the body has neither 'instances' nor 'inputs'");
      }
      Features.Builder features = Features.builder();
      columns.values().forEach(column -> column.addTo(features));
      return new Call(signature(), form.equals(INSTANCES), features.build());
    }

    private void choose(String found) {
      if (signature != null && !found.equals(name)) {
        throw RequestException.invalid("signature_name comes after the values");
      }
      name = found;
    }

    private void begin(String key) {
      if (form != null) {
        throw RequestException.invalid(
            form.equals(key)
                ? "the body has '" + key + "' twice"
                : "the body has both 'instances' and 'inputs', expected one of them");
      }
      form = key;
    }

    private ServedModel.Signature signature() {
      if (signature == null) {
        signature = version.signature(name);
      }
      return signature;
    }

    private void instances(JsonParser parser) throws IOException {
      Json.require(parser, JsonToken.START_ARRAY, INSTANCES, "a list");
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        requireRows(rows + 1);
        if (parser.currentToken() == JsonToken.START_OBJECT && !isBytes(parser)) {
          row(parser);
        } else {
          only().addRow(parser);
        }
        rows++;
      }
      if (rows == 0) {
        throw RequestException.invalid("instances: found no row, expected at least one");
      }
    }

    /** Steps into an object and tells whether it is one value of bytes, and not values by name. */
    private boolean isBytes(JsonParser parser) throws IOException {
      JsonToken first = parser.nextToken();
      ImmutableMap<String, InputSpec> inputs = signature().inputs();
      return inputs.size() == 1
          && inputs.values().iterator().next().takesTexts()
          && first == JsonToken.FIELD_NAME
          && parser.currentName().equals(JsonValues.B64);
    }

    private void row(JsonParser parser) throws IOException {
      while (parser.currentToken() != JsonToken.END_OBJECT) {
        JsonColumn column = column(parser.currentName());
        if (column.rows() != rows) {
          throw differs(parser.currentName(), column);
        }
        parser.nextToken();
        column.addRow(parser);
        parser.nextToken();
      }
      columns.forEach(
          (input, column) -> {
            if (column.rows() != rows + 1) {
              throw differs(input, column);
            }
          });
    }

    private RequestException differs(String input, JsonColumn column) {
      return RequestException.invalid(
          String.format(
              Locale.ROOT,
              column.rows() > rows
                  ? "input '%s', row %d: is given twice"
                  : column.rows() == 0
                      ? "input '%s': row %d has it, the rows before have not"
                      : "input '%s', row %d: is missing",
              input,
              rows));
    }

    private void inputs(JsonParser parser) throws IOException {
      if (parser.currentToken() != JsonToken.START_OBJECT || isBytes(parser)) {
        only().addAll(parser);
      } else {
        while (parser.currentToken() != JsonToken.END_OBJECT) {
          String input = parser.currentName();
          if (columns.containsKey(input)) {
            throw RequestException.invalid("input '" + input + "' is given twice");
          }
          parser.nextToken();
          column(input).addAll(parser);
          parser.nextToken();
        }
      }
      columns.values().forEach(column -> requireRows(column.rows()));
    }

    private void requireRows(int found) {
      if (found > maxRows) {
        throw RequestException.tooManyRows(maxRows);
      }
    }

    private JsonColumn only() {
      ImmutableMap<String, InputSpec> inputs = signature().inputs();
      if (inputs.size() != 1) {
        throw RequestException.invalid(
            "values without a name are for a signature with one input, '"
                + name
                + "' has "
                + inputs.size());
      }
      return column(inputs.keySet().iterator().next());
    }

    private JsonColumn column(String input) {
      JsonColumn column = columns.get(input);
      if (column == null) {
        ImmutableMap<String, InputSpec> inputs = signature().inputs();
        InputSpec spec = inputs.get(input);
        if (spec == null) {
          throw RequestException.unknownInput(input, inputs.keySet());
        }
        column = new JsonColumn(spec);
        columns.put(input, column);
      }
      return column;
    }
  }
}
