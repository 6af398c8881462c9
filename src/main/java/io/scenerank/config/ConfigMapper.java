package io.scenerank.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.ContextAttributes;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.guava.GuavaModule;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Reads and writes the project's JSON and YAML: records under their snake_case keys. An unknown key
 * is an error that names the key and its nearest neighbour, a value of another type one that names
 * the key and the value.
 */
public final class ConfigMapper {
  private final ContextAttributes attributes;
  private final ObjectMapper json;
  private final ObjectMapper yaml;

  public ConfigMapper() {
    this(ContextAttributes.getEmpty());
  }

  private ConfigMapper(ContextAttributes attributes) {
    this.attributes = attributes;
    this.json = configure(JsonMapper.builder()).defaultAttributes(attributes).build();
    this.yaml =
        configure(
                YAMLMapper.builder(
                    YAMLFactory.builder()
                        .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                        .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                        .build()))
            .defaultAttributes(attributes)
            .build();
  }

  /** The same with a value that the reader of a type asks for, as Jackson's attributes. */
  public ConfigMapper withAttribute(Object key, Object value) {
    return new ConfigMapper(attributes.withSharedAttribute(key, value));
  }

  private static <M extends ObjectMapper, B extends MapperBuilder<M, B>> B configure(B builder) {
    SimpleModule unknownKeys = new SimpleModule();
    unknownKeys.setDeserializerModifier(new UnknownKeys());
    return builder
        .addModule(new GuavaModule())
        .addModule(unknownKeys)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS);
  }

  /**
   * Reads a file as a tree: YAML where the name ends in {@code .yaml} or {@code .yml}, else JSON.
   *
   * @throws InvalidInputException if it cannot be read or is not well formed
   */
  public JsonNode readTree(Path file) {
    String name = file.getFileName().toString();
    ObjectMapper mapper = name.endsWith(".yaml") || name.endsWith(".yml") ? yaml : json;
    try {
      byte[] bytes = Files.readAllBytes(file);
      JsonNode tree = mapper == yaml ? YamlTree.read(yaml, bytes) : mapper.readTree(bytes);
      return tree == null || tree.isMissingNode() || tree.isNull() ? json.createObjectNode() : tree;
    } catch (JacksonException e) {
      throw new InvalidInputException(
          file
              + ": not well formed: "
              + JsonErrors.oneLine(e.getOriginalMessage())
              + JsonErrors.at(e),
          e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + reason(e) + ")", e);
    }
  }

  /** Parses JSON text; {@code where} names its place in messages. */
  public JsonNode parse(String text, String where) {
    return parse(json.reader(), text, where);
  }

  /** Parses JSON as Python writes it: its numbers may be NaN, Infinity and -Infinity. */
  public JsonNode parsePython(String text, String where) {
    return parse(json.reader().with(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS), text, where);
  }

  private static JsonNode parse(ObjectReader reader, String text, String where) {
    try {
      return reader.readTree(text);
    } catch (JacksonException e) {
      throw new InvalidInputException(
          where
              + ": not well formed JSON: "
              + JsonErrors.oneLine(e.getOriginalMessage())
              + JsonErrors.at(e),
          e);
    }
  }

  /** Parses YAML text; {@code where} names its place in messages. */
  public JsonNode parseYaml(String text, String where) {
    try {
      return YamlTree.read(yaml, text.getBytes(StandardCharsets.UTF_8));
    } catch (JacksonException e) {
      throw new InvalidInputException(
          where
              + ": not well formed YAML: "
              + JsonErrors.oneLine(e.getOriginalMessage())
              + JsonErrors.at(e),
          e);
    } catch (IOException e) {
      throw new InvalidInputException(where + ": cannot be read (" + reason(e) + ")", e);
    }
  }

  /** Parses the value of {@code --set key=value} as YAML does: number, boolean, list or text. */
  public JsonNode parseScalar(String text, String where) {
    try {
      JsonNode node = yaml.readTree(text);
      return node == null || node.isMissingNode() ? yaml.getNodeFactory().textNode("") : node;
    } catch (JacksonException e) {
      throw new InvalidInputException(where + ": '" + text + "' is not a YAML value", e);
    }
  }

  /**
   * Makes an object of a tree.
   *
   * @param where names the tree in messages, a file for instance
   * @throws InvalidInputException naming the key that is unknown or of another type
   */
  public <T> T convert(JsonNode tree, Class<T> type, String where) {
    requireNoNull(tree, "", where, false);
    try {
      return json.treeToValue(tree, type);
    } catch (JacksonException e) {
      throw JsonErrors.explain(e, tree, where);
    }
  }

  /** {@code defaults} with the keys of {@code overrides} put over it, nested objects too. */
  public <T> T merge(T defaults, Class<T> type, JsonNode overrides, String where) {
    if (!overrides.isObject()) {
      throw new InvalidInputException(
          where
              + ": found "
              + JsonErrors.oneLine(overrides.toString())
              + ", expected keys and values");
    }
    requireNoNull(overrides, "", where, true);
    ObjectNode merged = json.valueToTree(defaults);
    mergeInto(merged, ownNames((ObjectNode) overrides, type, where));
    return convert(merged, type, where);
  }

  /** Other names of a type's keys ({@code @JsonAlias}), each with the key's own name. */
  public ImmutableMap<String, String> aliases(Class<?> type) {
    ImmutableMap.Builder<String, String> aliases = ImmutableMap.builder();
    for (BeanPropertyDefinition property :
        json.getDeserializationConfig().introspect(json.constructType(type)).findProperties()) {
      property
          .findAliases()
          .forEach(alias -> aliases.put(alias.getSimpleName(), property.getName()));
    }
    return aliases.buildOrThrow();
  }

  private ObjectNode ownNames(ObjectNode overrides, Class<?> type, String where) {
    ObjectNode own = overrides.deepCopy();
    aliases(type)
        .forEach(
            (alias, name) -> {
              if (own.has(alias) && own.has(name)) {
                throw new InvalidInputException(
                    where + ": '" + alias + "' and '" + name + "' are two names of one key");
              }
              if (own.has(alias)) {
                own.set(name, own.remove(alias));
              }
            });
    return own;
  }

  /** Refuses null in lists, where nothing has a default, and perhaps as the value of a key. */
  private static void requireNoNull(JsonNode tree, String path, String where, boolean values) {
    for (Map.Entry<String, JsonNode> entry : tree.properties()) {
      String key = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      requireValue(entry.getValue(), key, where, values);
      requireNoNull(entry.getValue(), key, where, values);
    }
    for (int i = 0; tree.isArray() && i < tree.size(); i++) {
      String key = path + "[" + i + "]";
      requireValue(tree.get(i), key, where, true);
      requireNoNull(tree.get(i), key, where, values);
    }
  }

  private static void requireValue(JsonNode value, String key, String where, boolean required) {
    if (required && value.isNull()) {
      throw new InvalidInputException(where + ": key '" + key + "': found null, expected a value");
    }
  }

  /** Puts the keys of {@code overrides} over those of {@code target}, nested objects too. */
  public static void mergeInto(ObjectNode target, JsonNode overrides) {
    overrides
        .properties()
        .forEach(
            entry -> {
              JsonNode old = target.get(entry.getKey());
              if (old instanceof ObjectNode nested && entry.getValue().isObject()) {
                mergeInto(nested, entry.getValue());
              } else {
                target.set(entry.getKey(), entry.getValue());
              }
            });
  }

  /** The tree of an object. */
  public ObjectNode toTree(Object value) {
    return json.valueToTree(value);
  }

  /** An empty object. */
  public ObjectNode newObject() {
    return json.createObjectNode();
  }

  /** JSON with indentation. */
  public String toJson(Object value) {
    try {
      return json.writerWithDefaultPrettyPrinter().writeValueAsString(value);
    } catch (JacksonException e) {
      throw new IllegalStateException("cannot write " + value.getClass() + " as JSON", e);
    }
  }

  /** JSON in one line as Python reads it: a number that is NaN or infinite stays a number. */
  public String toPython(JsonNode value) {
    try {
      return json.writer().without(JsonWriteFeature.WRITE_NAN_AS_STRINGS).writeValueAsString(value);
    } catch (JacksonException e) {
      throw new IllegalStateException("cannot write JSON", e);
    }
  }

  /** YAML. */
  public String toYaml(Object value) {
    try {
      return yaml.writeValueAsString(value);
    } catch (JacksonException e) {
      throw new IllegalStateException("cannot write " + value.getClass() + " as YAML", e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException ? "no such file" : e.toString();
  }
}
