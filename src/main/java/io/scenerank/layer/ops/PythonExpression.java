package io.scenerank.layer.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;

/** What a Python function of one argument returns. */
sealed interface PythonExpression {
  /** The argument. */
  record Input() implements PythonExpression {}

  /** An item of the argument, which is a list. */
  record Item(int index) implements PythonExpression {}

  /** A number, a text, a flag, None, or a list of these. */
  record Constant(JsonNode value) implements PythonExpression {}

  /**
   * A call of a function of TensorFlow.
   *
   * @param function as {@code math.reduce_sum}
   */
  record Call(
      String function,
      ImmutableList<PythonExpression> positional,
      ImmutableMap<String, PythonExpression> named)
      implements PythonExpression {}

  /** A function or a module by its name, as {@code tf.squeeze}. */
  record Name(String path) implements PythonExpression {}
}
