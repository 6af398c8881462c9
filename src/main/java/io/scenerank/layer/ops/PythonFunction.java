package io.scenerank.layer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Lists;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what the code of a Python function of one argument returns: calls of TensorFlow's
 * functions and arithmetic on the argument and constants, which Python compiles into instructions
 * for a stack. Any other instruction makes it unknown.
 */
final class PythonFunction {
  private static final int LOAD_CONST = 100;
  private static final int LOAD_ATTR = 106;
  private static final int LOAD_GLOBAL = 116;
  private static final int BINARY_OP = 122;
  private static final int LOAD_FAST = 124;
  private static final int CALL_FUNCTION = 131;
  private static final int CALL_FUNCTION_KW = 141;
  private static final int RESUME = 151;
  private static final int LOAD_METHOD = 160;
  private static final int CALL_METHOD = 161;
  private static final int PRECALL = 166;
  private static final int CALL = 171;
  private static final int KW_NAMES = 172;
  private static final int BINARY_SUBSCR = 25;
  private static final int RETURN_VALUE = 83;
  private static final int CACHE = 0;

  /** What {@code BINARY_OP} of Python 3.11 does, by its operand. */
  private static final ImmutableMap<Integer, String> ARITHMETIC =
      ImmutableMap.of(0, "math.add", 5, "math.multiply", 10, "math.subtract", 11, "math.truediv");

  /** The operations of Python up to 3.10 that do the same. */
  private static final ImmutableMap<Integer, String> OLD_ARITHMETIC =
      ImmutableMap.of(23, "math.add", 20, "math.multiply", 24, "math.subtract", 27, "math.truediv");

  private static final ImmutableSet<String> MODULES = ImmutableSet.of("tf", "tensorflow");

  private final PythonCode code;

  /** Whether names of attributes are counted by twos, which Python 3.12 began. */
  private final boolean doubled;

  private final Deque<PythonExpression> stack = new ArrayDeque<>();
  private ImmutableList<String> keywords = ImmutableList.of();

  private PythonFunction(PythonCode code) {
    this.code = code;
    this.doubled =
        code.isOfPython311()
            && code.instructions().stream()
                .noneMatch(step -> step.operation() == PRECALL || step.operation() == LOAD_METHOD);
  }

  /** Says that the code does something that is not known here. */
  private static final class UnknownCodeException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** What a function returns; empty where that is not known here. */
  static Optional<PythonExpression> returned(PythonCode code) {
    if (code.arguments() != 1) {
      return Optional.empty();
    }
    try {
      return Optional.of(new PythonFunction(code).run());
    } catch (UnknownCodeException | NoSuchElementException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private PythonExpression run() {
    for (PythonCode.Instruction step : code.instructions()) {
      if (step.operation() == RETURN_VALUE) {
        PythonExpression result = stack.pop();
        if (result instanceof PythonExpression.Name || !stack.isEmpty()) {
          throw new UnknownCodeException();
        }
        return result;
      }
      run(step.operation(), step.operand());
    }
    throw new UnknownCodeException();
  }

  private void run(int operation, int operand) {
    if (!code.isOfPython311() && OLD_ARITHMETIC.containsKey(operation)) {
      arithmetic(OLD_ARITHMETIC.get(operation));
      return;
    }
    switch (operation) {
      case CACHE, RESUME, PRECALL -> {}
      case LOAD_GLOBAL ->
          stack.push(
              new PythonExpression.Name(
                  code.names().get(code.isOfPython311() ? operand >> 1 : operand)));
      case LOAD_ATTR, LOAD_METHOD -> attribute(doubled ? operand >> 1 : operand);
      case LOAD_FAST -> stack.push(argument(operand));
      case LOAD_CONST -> stack.push(constant(operand));
      case KW_NAMES -> keywords = texts(constant(operand).value());
      case CALL, CALL_FUNCTION, CALL_METHOD -> call(operand);
      case CALL_FUNCTION_KW -> {
        keywords = texts(popConstant());
        call(operand);
      }
      case BINARY_SUBSCR -> item();
      case BINARY_OP -> arithmetic(ARITHMETIC.get(operand));
      default -> throw new UnknownCodeException();
    }
  }

  private static PythonExpression argument(int number) {
    if (number != 0) {
      throw new UnknownCodeException();
    }
    return new PythonExpression.Input();
  }

  private PythonExpression.Constant constant(int number) {
    JsonNode value = MarshalReader.json(code.constants().get(number));
    if (value.isMissingNode()) {
      throw new UnknownCodeException();
    }
    return new PythonExpression.Constant(value);
  }

  private static ImmutableList<String> texts(JsonNode list) {
    ImmutableList.Builder<String> texts = ImmutableList.builder();
    list.forEach(item -> texts.add(item.asText()));
    return texts.build();
  }

  private JsonNode popConstant() {
    if (stack.pop() instanceof PythonExpression.Constant constant) {
      return constant.value();
    }
    throw new UnknownCodeException();
  }

  private void attribute(int number) {
    if (!(stack.pop() instanceof PythonExpression.Name owner)) {
      throw new UnknownCodeException();
    }
    stack.push(new PythonExpression.Name(owner.path() + "." + code.names().get(number)));
  }

  private void item() {
    JsonNode index = popConstant();
    if (!(stack.pop() instanceof PythonExpression.Input) || !index.isInt() || index.asInt() < 0) {
      throw new UnknownCodeException();
    }
    stack.push(new PythonExpression.Item(index.asInt()));
  }

  private void arithmetic(@Nullable String function) {
    PythonExpression right = value();
    PythonExpression left = value();
    if (function == null) {
      throw new UnknownCodeException();
    }
    stack.push(
        new PythonExpression.Call(function, ImmutableList.of(left), ImmutableMap.of("y", right)));
  }

  /** The last value, which is not a function. */
  private PythonExpression value() {
    PythonExpression value = stack.pop();
    if (value instanceof PythonExpression.Name) {
      throw new UnknownCodeException();
    }
    return value;
  }

  private void call(int count) {
    List<PythonExpression> given = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      given.add(value());
    }
    List<PythonExpression> arguments = Lists.reverse(given);
    int positional = count - keywords.size();
    ImmutableMap.Builder<String, PythonExpression> named = ImmutableMap.builder();
    for (int i = positional; i < count; i++) {
      named.put(keywords.get(i - positional), arguments.get(i));
    }
    keywords = ImmutableList.of();
    if (!(stack.pop() instanceof PythonExpression.Name function)) {
      throw new UnknownCodeException();
    }
    stack.push(
        call(
            tensorFlow(function.path()),
            ImmutableList.copyOf(arguments.subList(0, positional)),
            named.buildOrThrow()));
  }

  private static String tensorFlow(String path) {
    int dot = path.indexOf('.');
    if (dot < 0
        || !MODULES.contains(path.substring(0, dot))
        || TensorFlowNames.find(path.substring(dot + 1)).isEmpty()) {
      throw new UnknownCodeException();
    }
    return path.substring(dot + 1);
  }

  /** Options by position get their names, where they are known. */
  private static PythonExpression call(
      String function,
      ImmutableList<PythonExpression> positional,
      ImmutableMap<String, PythonExpression> named) {
    if (positional.size() == 1) {
      return new PythonExpression.Call(function, positional, named);
    }
    ImmutableList<String> names = TensorFlowNames.options(function);
    if (positional.isEmpty() || positional.size() > names.size() + 1) {
      throw new UnknownCodeException();
    }
    ImmutableMap.Builder<String, PythonExpression> all = ImmutableMap.builder();
    for (int i = 1; i < positional.size(); i++) {
      all.put(names.get(i - 1), positional.get(i));
    }
    for (Map.Entry<String, PythonExpression> entry : named.entrySet()) {
      all.put(entry.getKey(), entry.getValue());
    }
    return new PythonExpression.Call(function, positional.subList(0, 1), all.buildOrThrow());
  }
}
