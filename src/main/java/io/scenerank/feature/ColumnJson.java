package io.scenerank.feature;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.util.Map;

/** The JSON of a {@link Schema.Column}: the keys of its feature column, and {@code groups}. */
final class ColumnJson {
  private ColumnJson() {}

  /** Writes the groups only where there are any. */
  static final class Serializer extends JsonSerializer<Schema.Column> {
    @Override
    public void serialize(Schema.Column value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      ObjectMapper mapper = (ObjectMapper) out.getCodec();
      ObjectNode tree = mapper.valueToTree(value.column());
      if (!value.groups().isEmpty()) {
        tree.set("groups", mapper.valueToTree(value.groups()));
      }
      out.writeTree(tree);
    }
  }

  /** Takes a feature column with or without groups. */
  static final class Deserializer extends JsonDeserializer<Schema.Column> {
    @Override
    public Schema.Column deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      ObjectCodec codec = in.getCodec();
      JsonNode tree = in.readValueAsTree();
      if (!(tree instanceof ObjectNode object)) {
        throw new InvalidInputException("found " + tree + ", expected a feature column");
      }
      JsonNode groups = object.remove("groups");
      FeatureColumn column = codec.treeToValue(object, FeatureColumn.class);
      return new Schema.Column(column, groups == null ? ImmutableMap.of() : groups(column, groups));
    }

    private static ImmutableMap<String, ImmutableList<String>> groups(
        FeatureColumn column, JsonNode given) {
      ImmutableMap.Builder<String, ImmutableList<String>> groups = ImmutableMap.builder();
      boolean valid = given.isObject();
      for (Map.Entry<String, JsonNode> model : given.properties()) {
        ImmutableList.Builder<String> names = ImmutableList.builder();
        valid &= model.getValue().isArray();
        for (JsonNode name : model.getValue()) {
          valid &= name.isTextual();
          names.add(name.asText());
        }
        groups.put(model.getKey(), names.build());
      }
      if (!valid) {
        throw new InvalidInputException(
            String.format(
                "feature column '%s': groups is %s, expected a list of names for each model",
                column.name(), given));
      }
      return groups.buildOrThrow();
    }
  }
}
