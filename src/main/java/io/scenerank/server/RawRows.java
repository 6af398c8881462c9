package io.scenerank.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Features;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rows of raw values by the names of raw columns, which an encoder makes ids of. */
final class RawRows implements RankRows {
  /** Lists of a raw value lie in no other lists. */
  private static final int DEEPEST = 2;

  private final RawSides sides;
  private final Map<String, @Nullable Object> user = new LinkedHashMap<>();
  private final List<Map<String, @Nullable Object>> candidates = new ArrayList<>();
  private Map<String, @Nullable Object> row = user;

  RawRows(RawSides sides) {
    this.sides = sides;
  }

  @Override
  public void beginUser() {
    row = user;
  }

  @Override
  public void beginCandidate() {
    row = new LinkedHashMap<>();
    candidates.add(row);
  }

  @Override
  public boolean reads(String key) {
    return sides.columns().contains(key);
  }

  @Override
  public void add(String key, JsonParser parser) throws IOException {
    String place = row == user ? "user" : "candidate " + (candidates.size() - 1);
    if (row.containsKey(key)) {
      throw RequestException.invalid(place + ": '" + key + "' is given twice");
    }
    if (reads(key)) {
      row.put(key, value(parser, place + ", '" + key + "'", 0));
    } else {
      parser.skipChildren();
    }
  }

  private static @Nullable Object value(JsonParser parser, String place, int depth)
      throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case START_ARRAY -> list(parser, place, depth + 1);
      default ->
          throw RequestException.invalid(
              place + ": found " + JsonValues.found(parser) + ", expected a value or a list");
    };
  }

  private static List<@Nullable Object> list(JsonParser parser, String place, int depth)
      throws IOException {
    if (depth > DEEPEST) {
      throw RequestException.invalid(place + ": found lists in lists, expected values");
    }
    List<@Nullable Object> values = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      values.add(value(parser, place, depth));
    }
    return values;
  }

  @Override
  public void endRow() {
    // What is missing is found when the rows are encoded.
  }

  @Override
  public Sides sides() {
    RawSides.Encoders encoders = sides.of(user.keySet());
    return new Sides(
        side("user", () -> encoders.user().encodeUser(user)),
        side("candidates", () -> encoders.candidates().encode(candidates)));
  }

  private static Features side(String name, Supplier<Features> work) {
    try {
      return work.get();
    } catch (InvalidInputException e) {
      throw RequestException.invalid(name + ": " + e.getMessage());
    }
  }
}
