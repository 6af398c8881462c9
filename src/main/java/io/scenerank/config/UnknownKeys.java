package io.scenerank.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.util.Collection;
import java.util.Iterator;

/**
 * Looks for unknown keys before anything is made of the known ones. Jackson does it afterwards, so
 * that a mistyped key would be reported as one that is missing.
 */
final class UnknownKeys extends BeanDeserializerModifier {
  private static final long serialVersionUID = 1L;

  @Override
  public JsonDeserializer<?> modifyDeserializer(
      DeserializationConfig config, BeanDescription bean, JsonDeserializer<?> deserializer) {
    return deserializer instanceof BeanDeserializerBase ? new Strict(deserializer) : deserializer;
  }

  private static final class Strict extends DelegatingDeserializer {
    private static final long serialVersionUID = 1L;

    Strict(JsonDeserializer<?> delegate) {
      super(delegate);
    }

    @Override
    protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> delegate) {
      return new Strict(delegate);
    }

    @Override
    public Object deserialize(JsonParser in, DeserializationContext context) throws IOException {
      JsonNode tree = context.readTree(in);
      Collection<Object> known = ImmutableList.copyOf(getDelegatee().getKnownPropertyNames());
      for (Iterator<String> keys = tree.fieldNames(); keys.hasNext(); ) {
        String key = keys.next();
        if (!known.contains(key)) {
          throw UnrecognizedPropertyException.from(in, handledType(), key, known);
        }
      }
      try (JsonParser again = tree.traverse(in.getCodec())) {
        again.nextToken();
        return super.deserialize(again, context);
      }
    }
  }
}
