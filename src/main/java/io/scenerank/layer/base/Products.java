package io.scenerank.layer.base;

import com.google.common.collect.ImmutableList;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * Products of the last axis with a matrix.
 *
 * <p>Where the left side is a concatenation of which no gradient flows back into some parts, each
 * part meets its own rows of the matrix: TensorFlow computes the gradient of a concatenation whole,
 * and most of it would be thrown away.
 */
final class Products {
  private static final String CONCAT = "ConcatV2";
  private static final String STOPPED = "StopGradient";

  private Products() {}

  /** {@code x · matrix + bias}: [B, …, in] · [in, out] + [out] → [B, …, out]. */
  static Operand<TFloating> affine(
      Ops tf, Operand<TFloating> x, Operand<TFloating> matrix, Optional<Operand<TFloating>> bias) {
    if (x.shape().numDimensions() == 2) {
      ImmutableList<Operand<TFloating>> parts = alike(tf, parts(x));
      return biased(
          tf, parts.size() == 1 ? Shapes.product(tf, x, matrix) : sum(tf, parts, matrix), bias);
    }
    return StepProducts.of(tf, parts(x), matrix, bias)
        .orElseGet(() -> biased(tf, Shapes.product(tf, x, matrix), bias));
  }

  private static Operand<TFloating> biased(
      Ops tf, Operand<TFloating> product, Optional<Operand<TFloating>> bias) {
    return bias.isPresent() ? tf.nn.biasAdd(product, bias.get()) : product;
  }

  private static Operand<TFloating> sum(
      Ops tf, List<Operand<TFloating>> parts, Operand<TFloating> matrix) {
    int[] rows = parts.stream().mapToInt(Products::width).toArray();
    // Split, not sliced: the gradient is one concatenation instead of padded parts and their sum.
    List<Output<TFloating>> matrices =
        tf.splitV(matrix, tf.constant(rows), tf.constant(0), (long) rows.length).output();
    List<Operand<TFloating>> products = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      products.add(tf.linalg.matMul(parts.get(i), matrices.get(i)));
    }
    Collections.reverse(products);
    return products.stream().reduce(tf.math::add).orElseThrow();
  }

  /** The parts of a concatenation on the last axis; else x alone. */
  private static ImmutableList<Operand<TFloating>> parts(Operand<TFloating> x) {
    if (!(x.asOutput().op() instanceof GraphOperation op) || !op.type().equals(CONCAT)) {
      return ImmutableList.of(x);
    }
    ImmutableList.Builder<Operand<TFloating>> inputs = ImmutableList.builder();
    for (int i = 0; i < op.numInputs() - 1; i++) {
      inputs.add(floats(op.input(i)));
    }
    ImmutableList<Operand<TFloating>> all = inputs.build();
    int axes = x.shape().numDimensions();
    boolean known =
        all.stream().allMatch(part -> part.shape().numDimensions() == axes && width(part) > 0);
    return known && all.stream().mapToInt(Products::width).sum() == width(x)
        ? all
        : ImmutableList.of(x);
  }

  /** The parts, neighbours together that train and that do not; all together if all do. */
  private static ImmutableList<Operand<TFloating>> alike(
      Ops tf, ImmutableList<Operand<TFloating>> all) {
    if (all.stream().noneMatch(Products::isStopped)) {
      return all.subList(0, 1);
    }
    ImmutableList.Builder<Operand<TFloating>> parts = ImmutableList.builder();
    List<Operand<TFloating>> alike = new ArrayList<>();
    for (Operand<TFloating> part : all) {
      if (!alike.isEmpty() && isStopped(alike.get(0)) != isStopped(part)) {
        parts.add(Shapes.concat(tf, ImmutableList.copyOf(alike), 1));
        alike.clear();
      }
      alike.add(part);
    }
    return parts.add(Shapes.concat(tf, ImmutableList.copyOf(alike), 1)).build();
  }

  @SuppressWarnings("unchecked") // a concatenation has parts of its own type
  private static Operand<TFloating> floats(Output<?> part) {
    return (Operand<TFloating>) (Operand<?>) part;
  }

  private static boolean isStopped(Operand<TFloating> part) {
    return part.asOutput().op().type().equals(STOPPED);
  }

  /** -1 where it is not known. */
  private static int width(Operand<TFloating> part) {
    Shape shape = part.shape();
    return Math.toIntExact(shape.get(shape.numDimensions() - 1));
  }
}
