package io.scenerank.serve.graph;

import com.google.common.collect.ImmutableSet;

/** Ops whose output's elements depend on the inputs' elements of the same place alone. */
final class ElementOps {
  /** One input. */
  static final ImmutableSet<String> UNARY =
      ImmutableSet.of(
          "Abs",
          "Cast",
          "Elu",
          "Exp",
          "Identity",
          "LeakyRelu",
          "Log",
          "LogicalNot",
          "Neg",
          "Relu",
          "Rsqrt",
          "Selu",
          "Sigmoid",
          "Softplus",
          "Sqrt",
          "Square",
          "StopGradient",
          "Tanh");

  /** Several inputs, which broadcast. */
  static final ImmutableSet<String> BROADCASTING =
      ImmutableSet.of(
          "Add",
          "AddV2",
          "Div",
          "Equal",
          "Greater",
          "GreaterEqual",
          "Less",
          "LessEqual",
          "LogicalAnd",
          "LogicalOr",
          "Maximum",
          "Minimum",
          "Mul",
          "NotEqual",
          "Pow",
          "RealDiv",
          "SelectV2",
          "SquaredDifference",
          "Sub");

  private ElementOps() {}

  static boolean contains(String op) {
    return UNARY.contains(op) || BROADCASTING.contains(op);
  }
}
