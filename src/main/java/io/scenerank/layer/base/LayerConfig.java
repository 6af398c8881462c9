package io.scenerank.layer.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.base.KerasTypes.DTypePolicy;
import io.scenerank.variable.Initializer;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/**
 * The constructor's arguments of a Keras layer, every one of them: those that were left out have
 * Keras' defaults.
 */
public final class LayerConfig {
  static final String NAME = "name";
  static final String TRAINABLE = "trainable";
  static final String DTYPE = "dtype";
  static final String AUTOCAST = "autocast";

  /** Arguments that a layer passes on to those that it is made of. */
  private static final ImmutableList<String> PASSED_ON = ImmutableList.of(TRAINABLE, DTYPE);

  private final LayerType type;
  private final String name;
  private final ObjectNode given;
  private final ObjectNode arguments;
  private final int generation;
  private final ObjectReader reader;

  LayerConfig(
      LayerType type,
      String name,
      ObjectNode given,
      ObjectNode arguments,
      int generation,
      ObjectReader reader) {
    this.type = type;
    this.name = name;
    this.given = given;
    this.arguments = arguments;
    this.generation = generation;
    this.reader = reader;
  }

  /** The layer's class. */
  public LayerType type() {
    return type;
  }

  /** The layer's name. */
  public String name() {
    return name;
  }

  /** The arguments as they were given, for {@code from_config}. */
  public ObjectNode json() {
    return given.deepCopy();
  }

  /** The generation of Keras whose layer this is, 2 or 3: some compute differently. */
  public int generation() {
    return generation;
  }

  /** Whether the layer's variables are trained. */
  public boolean trainable() {
    return !arguments.path(TRAINABLE).isBoolean() || arguments.path(TRAINABLE).booleanValue();
  }

  /** Types of the layer's variables and of its computation. */
  public DTypePolicy policy() {
    return DTypePolicy.of(arguments.path(DTYPE), this);
  }

  /**
   * The name of the type that the layer gives, as {@code int64}.
   *
   * @param standard where it is None or not given
   */
  public String dtype(String standard) {
    JsonNode json = arguments.path(DTYPE);
    return json.isTextual() ? json.textValue() : json.path("config").path("name").asText(standard);
  }

  /** An argument as JSON; null where it is None. */
  public JsonNode get(String key) {
    JsonNode value = arguments.get(key);
    if (value == null) {
      throw new IllegalArgumentException(type.kerasClass() + " has no argument " + key);
    }
    return value;
  }

  /** Whether inputs of a float type are converted to the layer's own. */
  boolean autocasts() {
    return arguments.path(AUTOCAST).asBoolean(true);
  }

  /**
   * By what the product of the two factors of a low-rank adaptation is multiplied.
   *
   * @param rank of the factors
   */
  public float adaptationScale(int rank) {
    JsonNode alpha = argumentOrMissing("lora_alpha");
    return (float) (alpha.isNumber() ? alpha.doubleValue() / rank : 1);
  }

  /** An argument of every layer, as JSON; missing where it was not given. */
  JsonNode argumentOrMissing(String key) {
    return arguments.path(key);
  }

  /** Whether an argument is not None. */
  public boolean has(String key) {
    return !get(key).isNull();
  }

  /** An integer. */
  public int integer(String key) {
    JsonNode value = unwrapped(get(key));
    // Keras writes 8.0 for the float of a whole number where a user gave one.
    boolean whole =
        value.isNumber()
            && value.doubleValue() == Math.rint(value.doubleValue())
            && Math.abs(value.doubleValue()) <= Integer.MAX_VALUE;
    if (!whole) {
      throw wrong(key, "an integer");
    }
    return (int) value.doubleValue();
  }

  /** An integer of at least {@code least}. */
  public int integer(String key, int least) {
    int value = integer(key);
    if (value < least) {
      throw wrong(key, "an integer of at least " + least);
    }
    return value;
  }

  /** A number. */
  public double number(String key) {
    JsonNode value = unwrapped(get(key));
    if (!value.isNumber()) {
      throw wrong(key, "a number");
    }
    return value.doubleValue();
  }

  /** A flag. */
  public boolean flag(String key) {
    JsonNode value = get(key);
    if (value.isNumber() && (value.doubleValue() == 0 || value.doubleValue() == 1)) {
      return value.doubleValue() == 1;
    }
    if (!value.isBoolean()) {
      throw wrong(key, "true or false");
    }
    return value.booleanValue();
  }

  /** A text. */
  public String text(String key) {
    JsonNode value = get(key);
    if (!value.isTextual()) {
      throw wrong(key, "a text");
    }
    return value.textValue();
  }

  /** One of several texts. */
  public String text(String key, ImmutableList<String> known) {
    String value = text(key);
    if (!known.contains(value)) {
      throw wrong(key, "one of " + String.join(", ", known));
    }
    return value;
  }

  /** Integers: of a list, or of a single number. */
  public ImmutableList<Integer> integers(String key) {
    JsonNode value = unwrapped(get(key));
    ImmutableList.Builder<Integer> integers = ImmutableList.builder();
    for (JsonNode item : value.isArray() ? value : ImmutableList.of(value)) {
      if (!item.isIntegralNumber() || !item.canConvertToInt()) {
        throw wrong(key, "integers");
      }
      integers.add(item.intValue());
    }
    return integers.build();
  }

  /** One integer of at least {@code least}, alone or as the only one of a list. */
  public int single(String key, int least) {
    ImmutableList<Integer> values = integers(key);
    if (values.size() != 1 || values.get(0) < least) {
      throw wrong(key, "one integer of at least " + least);
    }
    return values.get(0);
  }

  /** The items of a list, or a single value alone. */
  public ImmutableList<JsonNode> items(String key) {
    JsonNode value = unwrapped(get(key));
    return value.isArray() ? ImmutableList.copyOf(value) : ImmutableList.of(value);
  }

  /** Numbers, of nested lists too, in their order. */
  public double[] numbers(String key) {
    ImmutableList.Builder<Double> numbers = ImmutableList.builder();
    addNumbers(key, unwrapped(get(key)), numbers);
    return numbers.build().stream().mapToDouble(Double::doubleValue).toArray();
  }

  private void addNumbers(String key, JsonNode value, ImmutableList.Builder<Double> numbers) {
    if (value.isArray()) {
      value.forEach(item -> addNumbers(key, unwrapped(item), numbers));
    } else if (value.isNumber()) {
      numbers.add(value.doubleValue());
    } else {
      throw wrong(key, "numbers");
    }
  }

  /** What is inside Keras' wrapping of tuples and numpy arrays. */
  private static JsonNode unwrapped(JsonNode value) {
    boolean wrapped = value.isObject() && value.path("class_name").asText().startsWith("__");
    if (!wrapped) {
      return value;
    }
    JsonNode inner = value.path("config");
    return inner.has("value") ? inner.path("value") : inner;
  }

  /** A layer that an argument holds. */
  public Layer layer(String key) {
    return layer(key, get(key));
  }

  /** Layers that an argument holds as a list. */
  public ImmutableList<Layer> layers(String key) {
    JsonNode value = get(key);
    if (!value.isArray()) {
      throw wrong(key, "a list of layers");
    }
    ImmutableList.Builder<Layer> layers = ImmutableList.builder();
    for (int i = 0; i < value.size(); i++) {
      layers.add(layer(key + "[" + i + "]", value.get(i)));
    }
    return layers.build();
  }

  /**
   * A layer that this one is made of, read from JSON.
   *
   * @param key the argument that it belongs to, for messages
   */
  public Layer layer(String key, JsonNode json) {
    return reader.layer(json, shown() + ": " + key, generation);
  }

  /** Some of the arguments, for a layer that this one is made of. */
  public ObjectNode json(Iterable<String> keys) {
    ObjectNode some = JsonNodeFactory.instance.objectNode();
    keys.forEach(key -> some.set(key, get(key)));
    return some;
  }

  /** A layer that this one is made of, of its type; it is trained if this one is. */
  public Layer inner(LayerType innerType, String innerName, ObjectNode given) {
    for (String key : PASSED_ON) {
      if (arguments.has(key)) {
        given.set(key, arguments.get(key));
      }
    }
    return innerType.read(innerName, given, generation, reader);
  }

  /** All that says what a layer without variables computes. */
  ObjectNode computation() {
    ObjectNode computation = arguments.deepCopy();
    computation.remove(ImmutableList.of(NAME, TRAINABLE));
    return computation.put("class", type.kerasClass()).put("generation", generation);
  }

  /** An activation: a function by its name, a layer, or none. */
  public Activations.Activation activation(String key) {
    return Activations.read(this, key);
  }

  /**
   * An initializer.
   *
   * @param shape of the variable
   * @throws InvalidInputException if it is not one of Keras'
   */
  public Initializer initializer(String key, Shape shape) {
    return Initializers.read(this, key, shape);
  }

  /**
   * A regularizer, if there is one.
   *
   * @throws InvalidInputException if it is not one of Keras'
   */
  public Optional<Regularizer> regularizer(String key) {
    return Regularizers.read(get(key), shown());
  }

  /**
   * A layer that this one makes of its own, of its type and trained if this one is, unless {@code
   * given} says otherwise.
   *
   * @param kerasClass its class
   * @param layerName its name
   * @param given its arguments
   */
  public Layer inner(String kerasClass, String layerName, ObjectNode given) {
    ObjectNode config = given.deepCopy().put(NAME, layerName);
    for (String key : PASSED_ON) {
      if (arguments.has(key) && !config.has(key)) {
        config.set(key, arguments.get(key));
      }
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("class_name", kerasClass);
    json.set("config", config);
    return layer(layerName, json);
  }

  /** The layer in messages: {@code layer 'deep' (Dense)}. */
  public String shown() {
    return "layer '" + name + "' (" + type.kerasClass() + ")";
  }

  /** An error about an argument. */
  public InvalidInputException wrong(String key, String expected) {
    return new InvalidInputException(
        String.format(
            Locale.ROOT, "%s: %s is %s, expected %s", shown(), key, shortened(get(key)), expected));
  }

  /** JSON in messages. */
  public static String shortened(JsonNode value) {
    String text = value.toString();
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  /** A text that is absent where the argument is None. */
  public Optional<String> optionalText(String key) {
    return has(key) ? Optional.of(text(key)) : Optional.empty();
  }

  /** Reads the layers that are inside arguments. */
  @FunctionalInterface
  public interface ObjectReader {
    /**
     * Reads a layer.
     *
     * @param where how messages call the place
     * @param generation of Keras
     */
    Layer layer(JsonNode json, String where, int generation);
  }
}
