package io.scenerank.train;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.config.SpellingHint.UnknownName;
import io.scenerank.train.Loss.LossWeights;
import io.scenerank.train.Loss.LossWeights.GradNorm;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code loss_weights}: a method's name, {@code {method: gradnorm, alpha: 1.0}}, or factors
 * by task.
 */
final class LossWeightsReader extends JsonDeserializer<LossWeights> {
  static final String METHOD = "method";
  static final String UNCERTAINTY = "uncertainty";
  static final String GRADNORM = "gradnorm";

  private static final String WHERE = "training.loss_weights";
  private static final String ALPHA = "alpha";
  private static final String LEARNING_RATE = "learning_rate";
  private static final String LAYER = "layer";
  private static final ImmutableSet<String> METHODS = ImmutableSet.of(UNCERTAINTY, GRADNORM);
  private static final ImmutableSet<String> KEYS =
      ImmutableSet.of(METHOD, ALPHA, LEARNING_RATE, LAYER);

  /** What {@link #deserialize} reads as GradNorm. */
  static Map<String, Object> json(GradNorm gradnorm) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put(METHOD, GRADNORM);
    keys.put(ALPHA, gradnorm.alpha());
    keys.put(LEARNING_RATE, gradnorm.learningRate());
    if (gradnorm.layer() != null) {
      keys.put(LAYER, gradnorm.layer());
    }
    return keys;
  }

  /** Whether an object has keys of GradNorm alone. */
  static boolean isGradNorm(JsonNode given) {
    return given.path(METHOD).asText(GRADNORM).equals(GRADNORM)
        && KEYS.containsAll(ImmutableSet.copyOf(given.fieldNames()));
  }

  @Override
  public LossWeights deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    JsonNode given = context.readTree(parser);
    if (given.isObject() && !given.path(METHOD).isTextual()) {
      return LossWeights.fixed(factors(given, context));
    }
    String method = given.isObject() ? given.path(METHOD).textValue() : given.asText();
    if (!given.isContainerNode() && !METHODS.contains(method)) {
      throw new UnknownName(
          parser, LossWeights.class, ImmutableSet.of(UNCERTAINTY, GRADNORM, "{TASK: FACTOR}"));
    }
    if (method.equals(GRADNORM)) {
      return gradnorm(given);
    }
    if (!method.equals(UNCERTAINTY)) {
      throw new InvalidInputException(
          WHERE
              + (given.isObject()
                  ? ".method '" + method + "' is unknown" + SpellingHint.hint(method, METHODS)
                  : " is " + given + ", expected a method or factors by task"));
    }
    requireKeys(given, ImmutableSet.of(METHOD), UNCERTAINTY);
    return LossWeights.uncertainty();
  }

  private static ImmutableMap<String, Float> factors(JsonNode given, DeserializationContext context)
      throws IOException {
    JavaType type =
        context.getTypeFactory().constructMapType(LinkedHashMap.class, String.class, Float.class);
    Map<String, Float> factors = context.readTreeAsValue(given, type);
    return ImmutableMap.copyOf(factors);
  }

  private static GradNorm gradnorm(JsonNode given) {
    requireKeys(given, KEYS, GRADNORM);
    GradNorm defaults = GradNorm.DEFAULT;
    return new GradNorm(
        number(given, ALPHA, defaults.alpha()),
        number(given, LEARNING_RATE, defaults.learningRate()),
        layer(given));
  }

  private static void requireKeys(JsonNode given, ImmutableSet<String> known, String method) {
    if (given instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> entry : object.properties()) {
        if (!known.contains(entry.getKey())) {
          throw new InvalidInputException(
              String.format(
                  "%s: unknown key '%s' of %s%s",
                  WHERE, entry.getKey(), method, SpellingHint.hint(entry.getKey(), known)));
        }
      }
    }
  }

  private static float number(JsonNode given, String key, float standard) {
    JsonNode value = given.path(key);
    if (value.isMissingNode()) {
      return standard;
    }
    if (!value.isNumber()) {
      throw new InvalidInputException(WHERE + "." + key + " is " + value + ", expected a number");
    }
    return value.floatValue();
  }

  private static @Nullable String layer(JsonNode given) {
    JsonNode value = given.path(LAYER);
    if (value.isMissingNode()) {
      return null;
    }
    if (!value.isTextual()) {
      throw new InvalidInputException(
          WHERE + "." + LAYER + " is " + value + ", expected the path of a layer");
    }
    return value.textValue();
  }
}
