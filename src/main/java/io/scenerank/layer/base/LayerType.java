package io.scenerank.layer.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import io.scenerank.layer.base.LayerConfig.ObjectReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A class of Keras layers: its names, the arguments of its constructor with Keras' defaults, and
 * how a layer is made of them. Immutable; the methods return changed copies.
 */
public final class LayerType {
  private static final String KERAS = "keras.layers";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Arguments of every layer, which say nothing about its computation. */
  private static final ImmutableSet<String> OF_EVERY_LAYER =
      ImmutableSet.of(
          LayerConfig.NAME,
          LayerConfig.TRAINABLE,
          LayerConfig.DTYPE,
          "batch_input_shape",
          "batch_shape",
          "activity_regularizer",
          LayerConfig.AUTOCAST,
          "lora_rank",
          "lora_alpha");

  private final String kerasClass;
  private final String module;
  private final Kind kind;
  private final ImmutableList<String> aliases;
  private final ImmutableMap<String, JsonNode> arguments;
  private final ImmutableSet<String> fixed;
  private final boolean anyArguments;
  private final UnaryOperator<ObjectNode> ofKeras2;
  private final Function<LayerConfig, Layer> factory;

  /** Where Keras defines a class; some names occur in two of these. */
  public enum Kind {
    /** A layer. */
    LAYER,
    /** A function of {@code keras.ops}, recorded as a node of the graph. */
    OPERATION
  }

  private LayerType(
      String kerasClass,
      String module,
      Kind kind,
      ImmutableList<String> aliases,
      ImmutableMap<String, JsonNode> arguments,
      ImmutableSet<String> fixed,
      boolean anyArguments,
      UnaryOperator<ObjectNode> ofKeras2,
      Function<LayerConfig, Layer> factory) {
    this.kerasClass = kerasClass;
    this.module = module;
    this.kind = kind;
    this.aliases = aliases;
    this.arguments = arguments;
    this.fixed = fixed;
    this.anyArguments = anyArguments;
    this.ofKeras2 = ofKeras2;
    this.factory = factory;
  }

  /** A layer without arguments of its own. */
  public static LayerType of(String kerasClass, Function<LayerConfig, Layer> factory) {
    return of(kerasClass, Kind.LAYER, factory);
  }

  /** An operation of {@code keras.ops} without arguments of its own. */
  public static LayerType operation(String kerasClass, Function<LayerConfig, Layer> factory) {
    return of(kerasClass, Kind.OPERATION, factory);
  }

  private static LayerType of(String kerasClass, Kind kind, Function<LayerConfig, Layer> factory) {
    return new LayerType(
        kerasClass,
        KERAS,
        kind,
        ImmutableList.of(),
        ImmutableMap.of(),
        ImmutableSet.of(),
        false,
        UnaryOperator.identity(),
        factory);
  }

  /** An argument that has to be given. */
  public LayerType argument(String name) {
    return withArgument(name, MissingNode.getInstance(), fixed);
  }

  /** An argument with Keras' default: a number, a flag, a text or null. */
  public LayerType argument(String name, @Nullable Object standard) {
    return withArgument(name, json(standard), fixed);
  }

  /** An argument of which only the default is computed; another value is refused by name. */
  public LayerType only(String name, @Nullable Object standard) {
    return withArgument(
        name, json(standard), ImmutableSet.<String>builder().addAll(fixed).add(name).build());
  }

  private LayerType withArgument(String name, JsonNode standard, ImmutableSet<String> newFixed) {
    return new LayerType(
        kerasClass,
        module,
        kind,
        aliases,
        ImmutableMap.<String, JsonNode>builder()
            .putAll(arguments)
            .put(name, standard)
            .buildKeepingLast(),
        newFixed,
        anyArguments,
        ofKeras2,
        factory);
  }

  /** A kernel, a bias or the like: initializer, regularizer and constraint of a variable. */
  public LayerType variable(String name, String initializer) {
    return argument(name + "_initializer", initializer)
        .argument(name + "_regularizer", null)
        .argument(name + "_constraint", null);
  }

  /** Further names by which files know the class. */
  public LayerType alias(String... names) {
    return new LayerType(
        kerasClass,
        module,
        kind,
        ImmutableList.<String>builder().addAll(aliases).add(names).build(),
        arguments,
        fixed,
        anyArguments,
        ofKeras2,
        factory);
  }

  /** The same type, whose class another Python module defines than those of Keras. */
  public LayerType module(String newModule) {
    return new LayerType(
        kerasClass, newModule, kind, aliases, arguments, fixed, anyArguments, ofKeras2, factory);
  }

  /** The same type, whose layers may be given any arguments. */
  public LayerType withAnyArguments() {
    return new LayerType(
        kerasClass, module, kind, aliases, arguments, fixed, true, ofKeras2, factory);
  }

  /** What the arguments of a file of Keras 2 are called and mean in Keras 3. */
  public LayerType ofKeras2(UnaryOperator<ObjectNode> translation) {
    return new LayerType(
        kerasClass, module, kind, aliases, arguments, fixed, anyArguments, translation, factory);
  }

  /** Name of the class. */
  public String kerasClass() {
    return kerasClass;
  }

  /** The Python module that defines the class. */
  public String module() {
    return module;
  }

  /** Whether the class is one of Keras' own. */
  public boolean isOfKeras() {
    return module.equals(KERAS);
  }

  /** Where Keras defines it. */
  public Kind kind() {
    return kind;
  }

  /** All names of the class, its own first. */
  public ImmutableList<String> names() {
    return ImmutableList.<String>builder().add(kerasClass).addAll(aliases).build();
  }

  /** The constructor's arguments and their defaults; missing where there is none. */
  public ImmutableMap<String, JsonNode> arguments() {
    return arguments;
  }

  /** Names of the constructor's arguments. */
  public ImmutableSet<String> argumentNames() {
    return arguments.keySet();
  }

  /**
   * Makes a layer.
   *
   * @param given the arguments under Keras' names
   * @param generation of Keras, 2 or 3
   * @param reader reads layers inside the arguments
   * @throws InvalidInputException naming the layer and every argument that is unknown, missing or
   *     not computed
   */
  public Layer read(String name, ObjectNode given, int generation, ObjectReader reader) {
    return read(name, given, generation, reader, factory);
  }

  /**
   * Makes a layer in another way.
   *
   * @param maker makes it of its arguments
   */
  public Layer read(
      String name,
      ObjectNode given,
      int generation,
      ObjectReader reader,
      Function<LayerConfig, Layer> maker) {
    ObjectNode renamed = generation == 2 ? ofKeras2.apply(given.deepCopy()) : given;
    ObjectNode all = JSON.objectNode();
    List<String> problems = new ArrayList<>();
    arguments.forEach(
        (argument, standard) -> {
          JsonNode value = renamed.get(argument);
          if (value != null) {
            all.set(argument, value);
            if (fixed.contains(argument) && !same(value, standard)) {
              problems.add(
                  argument + " is " + LayerConfig.shortened(value) + ", which is not computed");
            }
          } else if (standard.isMissingNode()) {
            problems.add(argument + " is missing");
          } else {
            all.set(argument, standard);
          }
        });
    for (Map.Entry<String, JsonNode> entry : renamed.properties()) {
      String argument = entry.getKey();
      if (anyArguments || OF_EVERY_LAYER.contains(argument)) {
        all.set(argument, entry.getValue());
      } else if (!arguments.containsKey(argument) && !saysNothing(entry.getValue())) {
        problems.add(argument + " is unknown" + SpellingHint.hint(argument, arguments.keySet()));
      }
    }
    LayerConfig config = new LayerConfig(this, name, given, all, generation, reader);
    if (!problems.isEmpty()) {
      throw new InvalidInputException(config.shown() + ": " + String.join("; ", problems));
    }
    if (kind == Kind.LAYER) {
      config.policy(); // refuses one that is not known, together with what other layers lack
    }
    return maker.apply(config);
  }

  /** Makes a layer of this library's own code. */
  public Layer create(String name, ObjectNode arguments) {
    return read(
        name,
        arguments,
        3,
        (json, where, generation) -> {
          throw new InvalidInputException(where + ": a layer in an argument has to be registered");
        });
  }

  private static boolean saysNothing(JsonNode value) {
    return value.isNull() || (value.isBoolean() && !value.booleanValue());
  }

  private static boolean same(JsonNode value, JsonNode standard) {
    return value.equals(standard)
        || (value.isNumber()
            && standard.isNumber()
            && value.doubleValue() == standard.doubleValue());
  }

  private static JsonNode json(@Nullable Object value) {
    if (value == null) {
      return JSON.nullNode();
    }
    if (value instanceof Integer number) {
      return JSON.numberNode(number);
    }
    if (value instanceof Double number) {
      return JSON.numberNode(number);
    }
    if (value instanceof Boolean flag) {
      return JSON.booleanNode(flag);
    }
    if (value instanceof JsonNode node) {
      return node;
    }
    return JSON.textNode(value.toString());
  }

  @Override
  public String toString() {
    return kerasClass;
  }
}
