package io.scenerank.config;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads YAML in which a value may have an anchor ({@code &name}) and occur again as an alias
 * ({@code *name}), as Python writes an object that occurs twice. Jackson alone takes an alias for
 * the text of its name.
 */
final class YamlTree {
  /** A file of nested aliases may mean far more values than it has. */
  private static final int MOST = 1_000_000;

  private final YAMLParser in;
  private final ObjectMapper mapper;
  private final Map<String, JsonNode> anchors = new HashMap<>();
  private int copied;

  private YamlTree(YAMLParser in, ObjectMapper mapper) {
    this.in = in;
    this.mapper = mapper;
  }

  /** The first document; missing where there is none. */
  static JsonNode read(ObjectMapper yaml, byte[] bytes) throws IOException {
    try (YAMLParser plain = parser(yaml, bytes)) {
      if (!hasAlias(plain)) {
        return yaml.readTree(bytes);
      }
    }
    try (YAMLParser in = parser(yaml, bytes)) {
      in.nextToken();
      return new YamlTree(in, yaml).value();
    }
  }

  private static YAMLParser parser(ObjectMapper yaml, byte[] bytes) throws IOException {
    return (YAMLParser) yaml.createParser(bytes);
  }

  private static boolean hasAlias(YAMLParser in) throws IOException {
    while (in.nextToken() != null) {
      if (in.isCurrentAlias()) {
        return true;
      }
    }
    return false;
  }

  private JsonNode value() throws IOException {
    if (in.isCurrentAlias()) {
      return aliased(in.getText());
    }
    String anchor = in.getObjectId();
    JsonNode value = plain();
    if (anchor != null) {
      anchors.put(anchor, value);
    }
    return value;
  }

  private JsonNode plain() throws IOException {
    if (in.currentToken() == JsonToken.START_ARRAY) {
      ArrayNode items = mapper.createArrayNode();
      while (in.nextToken() != JsonToken.END_ARRAY) {
        items.add(value());
      }
      return items;
    }
    if (in.currentToken() == JsonToken.START_OBJECT) {
      ObjectNode entries = mapper.createObjectNode();
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String key = in.currentName();
        in.nextToken();
        if (entries.has(key)) {
          throw new InvalidInputException("key '" + key + "' occurs twice");
        }
        entries.set(key, value());
      }
      return entries;
    }
    return mapper.readTree(in);
  }

  private JsonNode aliased(String name) {
    JsonNode known = anchors.get(name);
    if (known == null) {
      throw new InvalidInputException("the alias *" + name + " has no anchor before it");
    }
    copied += size(known);
    if (copied > MOST) {
      throw new InvalidInputException("its aliases repeat more than " + MOST + " values");
    }
    return known.deepCopy();
  }

  private static int size(JsonNode value) {
    int size = 1;
    for (JsonNode item : value) {
      size += size(item);
    }
    return size;
  }
}
