package io.scenerank.layer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Sizes;
import io.scenerank.layer.base.Structure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * A call of an operation. Keras 3 keeps the options in the config and the operands in the call;
 * Keras 2 has all of them in the call.
 *
 * @param tf the graph
 * @param config the options, under the names of {@code keras.ops}
 * @param arguments the operands, under the names of {@code keras.ops}
 */
record OpCall(Ops tf, LayerConfig config, Arguments<MaskedTensor> arguments) {

  /** Two operands of one type. */
  record Pair(Operand<TNumber> left, Operand<TNumber> right, DType type) {}

  /** An operand: a tensor or a constant. */
  Value value(String name, int position) {
    return value(arguments.get(name, position));
  }

  private Value value(Structure<MaskedTensor> found) {
    if (found instanceof Structure.Constant<MaskedTensor> constant) {
      return Constants.read(tf, constant.value());
    }
    if (found instanceof Structure.Items<MaskedTensor> list) {
      List<Operand<TNumber>> items = promoted(list.items().stream().map(this::value).toList());
      return Value.of(tf.stack(items));
    }
    return Value.of(found.only().value());
  }

  /** An operand that may be missing. */
  Optional<Value> optional(String name, int position) {
    return arguments.find(name, position).map(this::value);
  }

  /** The first operand as a tensor. */
  Operand<TNumber> x() {
    return x(0);
  }

  /** An operand as a tensor of its own type. */
  Operand<TNumber> x(int position) {
    Structure<MaskedTensor> found =
        position < arguments.positional().size()
            ? arguments.positional().get(position)
            : arguments.named().values().asList().get(position - arguments.positional().size());
    return tensor(value(found));
  }

  /** An operand as a tensor of its own type. */
  Operand<TNumber> x(String name, int position) {
    return tensor(value(name, position));
  }

  private Operand<TNumber> tensor(Value value) {
    return value.as(tf, DType.result(value.type()));
  }

  /** The first operand as a float: integers become float32. */
  Operand<TNumber> floats() {
    Operand<TNumber> x = x();
    return Value.cast(tf, x, DType.result(DType.of(x.type()), DType.WEAK_FLOAT));
  }

  /** Two operands in the type that their types are promoted to, with further types. */
  Pair pair(DType... more) {
    return pair("x1", "x2", more);
  }

  /** Two operands in the type that their types are promoted to, with further types. */
  Pair pair(String first, String second, DType... more) {
    Value left = value(first, 0);
    Value right = value(second, 1);
    List<DType> types = new ArrayList<>(List.of(left.type(), right.type()));
    types.addAll(List.of(more));
    DType type = DType.result(types);
    return new Pair(left.as(tf, type), right.as(tf, type), type);
  }

  /** The tensors of a list, in one type. */
  ImmutableList<Operand<TNumber>> list(String name) {
    Structure<MaskedTensor> found = arguments.get(name, 0);
    List<Value> values =
        found instanceof Structure.Items<MaskedTensor> list
            ? list.items().stream().map(this::value).toList()
            : found.leaves().stream().map(leaf -> Value.of(leaf.value())).toList();
    return promoted(values);
  }

  private ImmutableList<Operand<TNumber>> promoted(List<Value> values) {
    DType type = DType.result(values.stream().map(Value::type).toList());
    return values.stream()
        .map(value -> value.as(tf, type))
        .collect(ImmutableList.toImmutableList());
  }

  /** An option as JSON; null where it is None. */
  JsonNode option(String name) {
    Structure<MaskedTensor> given = arguments.named().get(name);
    return given instanceof Structure.Constant<MaskedTensor> constant
        ? constant.value()
        : config.get(name);
  }

  /** Whether an option is given and not None. */
  boolean has(String name) {
    return !option(name).isNull();
  }

  /** A flag. */
  boolean flag(String name) {
    return option(name).asBoolean(false);
  }

  /** A number. */
  double number(String name) {
    return Constants.number(option(name));
  }

  /** An integer. */
  int integer(String name) {
    JsonNode value = option(name);
    if (!value.isNumber() || value.doubleValue() != Math.rint(value.doubleValue())) {
      throw config.wrong(name, "an integer");
    }
    return value.intValue();
  }

  /** Integers, of a list or a single one. */
  int[] integers(String name) {
    return integers(option(name), name);
  }

  private int[] integers(JsonNode value, String name) {
    List<Integer> found = new ArrayList<>();
    JsonNode items = value.path("config").has("value") ? value.path("config").path("value") : value;
    for (JsonNode item : items.isArray() ? items : List.of(items)) {
      if (!item.isNumber()) {
        throw new IllegalArgumentException(
            name + " is " + value + ", expected integers that are known when the model is built");
      }
      found.add(item.intValue());
    }
    return found.stream().mapToInt(Integer::intValue).toArray();
  }

  /** An axis, counted from the front. */
  int axis(String name, int rank) {
    return Sizes.axis(integer(name), rank);
  }

  /** The axes of a reduction, counted from the front; all of them where the option is None. */
  int[] axes(String name, int rank) {
    return has(name) ? Axes.front(integers(name), rank) : Axes.all(rank);
  }

  /** A type, or {@code standard} where the option is None. */
  DType dtype(String name, DType standard) {
    return has(name) ? DType.named(option(name).asText()) : standard;
  }

  /** Integers for an op. */
  Operand<TInt32> ints(int... values) {
    return tf.constant(values);
  }
}
