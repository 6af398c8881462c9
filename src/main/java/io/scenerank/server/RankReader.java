package io.scenerank.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of {@code /v1/rank}: {@code user}, {@code candidates}, {@code top}, {@code
 * weights} and {@code id}.
 */
final class RankReader {
  private static final String ID = "id";

  private final RankRows rows;
  private final int maxRows;
  private final Map<String, Double> weights = new LinkedHashMap<>();
  private final List<@Nullable Object> ids = new ArrayList<>();
  private int top = Integer.MAX_VALUE;
  private String idKey = ID;
  private boolean hasUser;
  private boolean hasCandidates;

  /**
   * @param rows takes the features of the user and of the candidates
   * @param maxRows the most candidates of a request
   */
  RankReader(RankRows rows, int maxRows) {
    this.rows = rows;
    this.maxRows = maxRows;
  }

  RankRequest read(byte[] body) {
    return Json.read(body, this::read);
  }

  private RankRequest read(JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "user" -> user(parser);
        case "candidates" -> candidates(parser);
        case "top" -> top = top(parser);
        case "weights" -> weights(parser);
        case ID -> id(parser);
        default ->
            throw RequestException.invalid(
                "key '" + key + "' is unknown; known: user, candidates, top, weights, id");
      }
    }
    if (!hasUser || !hasCandidates) {
      throw RequestException.invalid("the body has no '" + (hasUser ? "candidates" : "user") + "'");
    }
    return new RankRequest(top, ImmutableMap.copyOf(weights), ids);
  }

  private void user(JsonParser parser) throws IOException {
    Json.require(parser, JsonToken.START_OBJECT, "user", "an object");
    if (hasUser) {
      throw RequestException.invalid("the body has 'user' twice");
    }
    hasUser = true;
    rows.beginUser();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      rows.add(name, parser);
    }
    rows.endRow();
  }

  private void candidates(JsonParser parser) throws IOException {
    Json.require(parser, JsonToken.START_ARRAY, "candidates", "a list");
    if (hasCandidates) {
      throw RequestException.invalid("the body has 'candidates' twice");
    }
    hasCandidates = true;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (ids.size() == maxRows) {
        throw RequestException.invalid(
            "the request has more than " + maxRows + " candidates, the most that the server takes");
      }
      Json.require(parser, JsonToken.START_OBJECT, "candidate " + ids.size(), "an object");
      ids.add(candidate(parser));
    }
  }

  private @Nullable Object candidate(JsonParser parser) throws IOException {
    Object id = null;
    rows.beginCandidate();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      boolean isId = name.equals(idKey);
      if (isId) {
        id = scalar(parser);
      }
      if (!isId || rows.reads(name)) {
        rows.add(name, parser);
      }
    }
    rows.endRow();
    return id;
  }

  private static Object scalar(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      default ->
          throw RequestException.invalid(
              "id: found " + JsonValues.found(parser) + ", expected a text or an integer");
    };
  }

  private static int top(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() != JsonParser.NumberType.INT
        || parser.getIntValue() < 1) {
      throw RequestException.invalid(
          "top: found " + JsonValues.found(parser) + ", expected an integer from 1");
    }
    return parser.getIntValue();
  }

  private void weights(JsonParser parser) throws IOException {
    Json.require(parser, JsonToken.START_OBJECT, "weights", "an object");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String task = parser.currentName();
      JsonToken value = parser.nextToken();
      if (!value.isNumeric() || !Double.isFinite(parser.getDoubleValue())) {
        throw RequestException.invalid(
            "weights: '" + task + "': found " + JsonValues.found(parser) + ", expected a number");
      }
      weights.put(task, parser.getDoubleValue());
    }
  }

  private void id(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING || hasCandidates) {
      throw RequestException.invalid(
          hasCandidates
              ? "id comes after the candidates, expected it before them"
              : "id: found " + JsonValues.found(parser) + ", expected the name of a key");
    }
    idKey = parser.getText();
  }
}
