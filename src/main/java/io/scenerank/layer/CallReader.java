package io.scenerank.layer;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.layer.base.Structure;
import java.util.Map;

/** Reads the arguments of one call, in the form of either generation. */
final class CallReader {
  private static final String TENSOR = "__keras_tensor__";
  private static final String CONSTANT = "_CONSTANT_VALUE";
  private static final int MOST = 10_000;

  private final String where;
  private final int generation;

  CallReader(String where, int generation) {
    this.where = where;
    this.generation = generation;
  }

  Arguments<TensorRef> read(JsonNode call) {
    return generation == 3 ? keras3(call) : keras2(call);
  }

  /** {@code {"args": […], "kwargs": {…}}}. */
  private Arguments<TensorRef> keras3(JsonNode call) {
    if (!call.path("args").isArray()) {
      throw wrong(call, "args and kwargs");
    }
    ImmutableList.Builder<Structure<TensorRef>> positional = ImmutableList.builder();
    call.path("args").forEach(arg -> positional.add(keras3Argument(arg)));
    ImmutableMap.Builder<String, Structure<TensorRef>> named = ImmutableMap.builder();
    call.path("kwargs")
        .properties()
        .forEach(kwarg -> named.put(kwarg.getKey(), keras3Argument(kwarg.getValue())));
    return new Arguments<>(positional.build(), named.buildOrThrow());
  }

  private Structure<TensorRef> keras3Argument(JsonNode json) {
    if (json.path("class_name").asText().equals(TENSOR)) {
      return Structure.leaf(ref(json.path("config").path("keras_history")));
    }
    if (json.isArray()) {
      ImmutableList.Builder<Structure<TensorRef>> items = ImmutableList.builder();
      json.forEach(item -> items.add(keras3Argument(item)));
      return collapsed(json, new Structure.Items<>(items.build()));
    }
    if (json.isObject() && !json.has("class_name")) {
      ImmutableMap.Builder<String, Structure<TensorRef>> entries = ImmutableMap.builder();
      json.properties()
          .forEach(entry -> entries.put(entry.getKey(), keras3Argument(entry.getValue())));
      return collapsed(json, new Structure.Entries<>(entries.buildOrThrow()));
    }
    return new Structure.Constant<>(json);
  }

  /** A list or dict without a tensor is a constant. */
  private static Structure<TensorRef> collapsed(JsonNode json, Structure<TensorRef> structure) {
    return structure.leaves().isEmpty() ? new Structure.Constant<>(json) : structure;
  }

  /** {@code [[layer, node, tensor, kwargs], …]}, or a dict of such tensors. */
  private Arguments<TensorRef> keras2(JsonNode call) {
    JsonNode kwargs = firstKwargs(call);
    ImmutableMap.Builder<String, Structure<TensorRef>> named = ImmutableMap.builder();
    kwargs
        .properties()
        .forEach(kwarg -> named.put(kwarg.getKey(), keras2Argument(kwarg.getValue())));
    Structure<TensorRef> first = keras2Inputs(call);
    return new Arguments<>(ImmutableList.of(first), named.buildOrThrow());
  }

  private static JsonNode firstKwargs(JsonNode call) {
    JsonNode found = call;
    while ((found.isArray() && !isKeras2Tensor(found)) || found.isObject()) {
      if (found.isEmpty()) {
        return found.path("");
      }
      found = found.isObject() ? found.iterator().next() : found.path(0);
    }
    return found.path(3);
  }

  private Structure<TensorRef> keras2Inputs(JsonNode call) {
    if (isKeras2Tensor(call)) {
      return tensorOrConstant(call);
    }
    if (call.isArray() && call.size() == 1) {
      return keras2Inputs(call.get(0));
    }
    if (call.isArray()) {
      ImmutableList.Builder<Structure<TensorRef>> items = ImmutableList.builder();
      call.forEach(item -> items.add(keras2Inputs(item)));
      return new Structure.Items<>(items.build());
    }
    if (call.isObject()) {
      ImmutableMap.Builder<String, Structure<TensorRef>> entries = ImmutableMap.builder();
      for (Map.Entry<String, JsonNode> entry : call.properties()) {
        entries.put(entry.getKey(), keras2Inputs(entry.getValue()));
      }
      return new Structure.Entries<>(entries.buildOrThrow());
    }
    throw wrong(call, "[layer, node, tensor]");
  }

  private Structure<TensorRef> tensorOrConstant(JsonNode tensor) {
    return tensor.path(0).asText().equals(CONSTANT)
        ? new Structure.Constant<>(tensor.path(2))
        : Structure.leaf(ref(tensor));
  }

  private static boolean isKeras2Tensor(JsonNode json) {
    return json.isArray() && json.size() >= 3 && json.path(0).isTextual() && json.path(1).isInt();
  }

  /** An argument by name: a tensor, a list of them, or a constant. */
  private Structure<TensorRef> keras2Argument(JsonNode json) {
    if (isKeras2Tensor(json)) {
      return tensorOrConstant(json);
    }
    if (json.isArray()) {
      ImmutableList.Builder<Structure<TensorRef>> items = ImmutableList.builder();
      json.forEach(item -> items.add(keras2Argument(item)));
      return collapsed(json, new Structure.Items<>(items.build()));
    }
    return new Structure.Constant<>(json);
  }

  /** The inputs or outputs of a model: one tensor, a list of them, a dict, or nested. */
  Structure<TensorRef> ends(JsonNode json) {
    boolean single = json.isArray() && json.size() == 3 && json.path(0).isTextual();
    if (single && json.path(1).isIntegralNumber()) {
      return Structure.leaf(ref(json));
    }
    if (json.isArray()) {
      ImmutableList.Builder<Structure<TensorRef>> items = ImmutableList.builder();
      json.forEach(item -> items.add(ends(item)));
      return new Structure.Items<>(items.build());
    }
    if (json.isObject()) {
      ImmutableMap.Builder<String, Structure<TensorRef>> entries = ImmutableMap.builder();
      json.properties().forEach(entry -> entries.put(entry.getKey(), ends(entry.getValue())));
      return new Structure.Entries<>(entries.buildOrThrow());
    }
    throw wrong(json, "tensors as [layer, node, tensor]");
  }

  private TensorRef ref(JsonNode triple) {
    boolean valid =
        triple.isArray()
            && triple.size() >= 3
            && triple.get(0).isTextual()
            && index(triple.get(1))
            && index(triple.get(2));
    if (!valid) {
      throw wrong(triple, "[layer, node, tensor]");
    }
    return new TensorRef(
        triple.get(0).textValue(), triple.get(1).intValue(), triple.get(2).intValue());
  }

  private static boolean index(JsonNode number) {
    return number.isIntegralNumber()
        && number.canConvertToInt()
        && number.intValue() >= 0
        && number.intValue() < MOST;
  }

  private InvalidInputException wrong(JsonNode found, String expected) {
    return new InvalidInputException(
        String.format("%s: found %s, expected %s", where, LayerConfig.shortened(found), expected));
  }
}
