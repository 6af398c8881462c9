package io.scenerank.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.scenerank.config.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the calls of one layer, {@code inbound_nodes}, in the form of either generation. */
final class FunctionalCalls {
  private static final String TENSOR = "__keras_tensor__";

  /** More outputs than a call has. */
  private static final int MOST_TENSORS = 10_000;

  /** Arguments that may be given by name where the reference gives them by position. */
  private static final ImmutableList<String> ATTENTION = ImmutableList.of("query", "value", "key");

  private final String className;
  private final String where;

  FunctionalCalls(String className, String where) {
    this.className = className;
    this.where = where;
  }

  ImmutableList<FunctionalCall> parse(JsonNode nodes, int generation) {
    ImmutableList.Builder<FunctionalCall> calls = ImmutableList.builder();
    for (int i = 0; i < nodes.size(); i++) {
      String place = where + ": inbound_nodes[" + i + "]";
      calls.add(generation == 3 ? keras3(nodes.get(i), place) : keras2(nodes.get(i), place));
    }
    return calls.build();
  }

  /** {@code [layer, node, tensor]}, in Keras 2 perhaps with named arguments behind. */
  static FunctionalTensor tensor(JsonNode given, String place) {
    JsonNode triple = FunctionalFields.unwrapped(given);
    boolean valid =
        triple.isArray()
            && (triple.size() == 3 || triple.size() == 4)
            && triple.get(0).isTextual()
            && index(triple.get(1))
            && index(triple.get(2));
    if (!valid) {
      throw new InvalidInputException(
          place + ": found " + FunctionalFields.shown(given) + ", expected [layer, node, tensor]");
    }
    return new FunctionalTensor(
        triple.get(0).textValue(), triple.get(1).intValue(), triple.get(2).intValue());
  }

  private static boolean index(JsonNode number) {
    return number.isIntegralNumber()
        && number.canConvertToInt()
        && number.intValue() >= 0
        && number.intValue() < MOST_TENSORS;
  }

  /** {@code {"args": [tensor, …] or [[tensor, …]], "kwargs": {…}}}. */
  private FunctionalCall keras3(JsonNode call, String place) {
    FunctionalFields fields = new FunctionalFields(call, place);
    JsonNode args = fields.array("args");
    JsonNode first = FunctionalFields.unwrapped(args.path(0));
    boolean listed = args.size() == 1 && first.isArray();
    List<FunctionalTensor> inputs = new ArrayList<>();
    for (JsonNode arg : listed ? first : args) {
      inputs.add(kerasTensor(arg, place));
    }
    Arguments arguments = new Arguments(inputs, listed);
    for (Map.Entry<String, JsonNode> kwarg : fields.object("kwargs").entries()) {
      JsonNode value = kwarg.getValue();
      if (isTensor(value)) {
        arguments.named.put(kwarg.getKey(), kerasTensor(value, place));
      } else {
        arguments.constant(kwarg.getKey(), value);
      }
    }
    return arguments.call(className);
  }

  private static boolean isTensor(JsonNode value) {
    return value.isObject() && TENSOR.equals(value.path("class_name").asText());
  }

  private static FunctionalTensor kerasTensor(JsonNode arg, String place) {
    if (!isTensor(arg)) {
      throw new InvalidInputException(
          place + ": found " + FunctionalFields.shown(arg) + ", expected a " + TENSOR);
    }
    return tensor(arg.path("config").path("keras_history"), place);
  }

  /** {@code [[layer, node, tensor, kwargs], …]}; the named arguments follow the first tensor. */
  private FunctionalCall keras2(JsonNode call, String place) {
    if (!call.isArray()) {
      throw new InvalidInputException(
          place + ": found " + FunctionalFields.shown(call) + ", expected a list of tensors");
    }
    List<FunctionalTensor> inputs = new ArrayList<>();
    call.forEach(input -> inputs.add(tensor(input, place)));
    Arguments arguments = new Arguments(inputs, inputs.size() > 1);
    JsonNode kwargs = FunctionalFields.unwrapped(call.path(0)).path(3);
    for (Map.Entry<String, JsonNode> kwarg : kwargs.properties()) {
      JsonNode value = FunctionalFields.unwrapped(kwarg.getValue());
      if (value.isArray() && value.path(0).isTextual()) {
        arguments.named.put(kwarg.getKey(), tensor(value, place));
      } else {
        arguments.constant(kwarg.getKey(), value);
      }
    }
    return arguments.call(className);
  }

  /** The arguments of a call while they are read. */
  private static final class Arguments {
    private final List<FunctionalTensor> inputs;
    private final boolean listed;
    private final Map<String, FunctionalTensor> named = new TreeMap<>();
    private final Map<String, String> constants = new TreeMap<>();

    Arguments(List<FunctionalTensor> inputs, boolean listed) {
      this.inputs = inputs;
      this.listed = listed;
    }

    void constant(String name, JsonNode value) {
      boolean silent = value.isNull() || (value.isBoolean() && !value.booleanValue());
      if (!silent) {
        constants.put(name, FunctionalFields.shown(value));
      }
    }

    FunctionalCall call(String className) {
      if (className.equals("MultiHeadAttention")) {
        for (String name : ATTENTION.subList(Math.min(inputs.size(), 3), 3)) {
          if (!named.containsKey(name)) {
            break;
          }
          inputs.add(named.remove(name));
        }
      }
      return new FunctionalCall(
          ImmutableList.copyOf(inputs),
          listed && !className.equals("MultiHeadAttention"),
          ImmutableSortedMap.copyOf(named),
          ImmutableSortedMap.copyOf(constants));
    }
  }
}
