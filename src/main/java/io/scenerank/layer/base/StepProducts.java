package io.scenerank.layer.base;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.variable.Shapes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The product of a concatenation over steps, as an attention unit has it, with a matrix: {@code [q,
 * k, q - k, q · k] · W} of a query that is repeated for all steps. What is the same for all steps
 * is multiplied once, and a difference is not: its rows of the matrix go to what it is made of.
 *
 * <p>Source: Deep Interest Network (Zhou et al., 2018), section 4.3, for the unit; that its product
 * is taken apart is this library's own.
 */
final class StepProducts {
  private static final String REPEAT = "Tile";
  private static final String DIFFERENCE = "Sub";

  private final Ops tf;
  private final ImmutableList<Operand<TFloating>> parts;
  private final long steps;

  private StepProducts(Ops tf, ImmutableList<Operand<TFloating>> parts, long steps) {
    this.tf = tf;
    this.parts = parts;
    this.steps = steps;
  }

  /** A summand of the product: a tensor, [B, n, d] or [B, 1, d], and its matrix. */
  private record Summand(Operand<TFloating> value, Optional<Operand<TFloating>> matrix) {
    Summand plus(Ops tf, Operand<TFloating> more) {
      return new Summand(
          value, Optional.of(matrix.isPresent() ? tf.math.add(matrix.get(), more) : more));
    }

    Summand minus(Ops tf, Operand<TFloating> less) {
      return new Summand(
          value,
          Optional.of(matrix.isPresent() ? tf.math.sub(matrix.get(), less) : tf.math.neg(less)));
    }
  }

  /**
   * {@code x · matrix + bias}, if x is such a concatenation.
   *
   * @param parts what x is the concatenation of, on its last axis; x alone where it is none
   */
  static Optional<Operand<TFloating>> of(
      Ops tf,
      ImmutableList<Operand<TFloating>> parts,
      Operand<TFloating> matrix,
      Optional<Operand<TFloating>> bias) {
    boolean known =
        parts.size() > 1
            && parts.stream()
                .allMatch(
                    part ->
                        part.type() == (Class<?>) TFloat32.class
                            && part.shape().numDimensions() == 3
                            && part.shape().get(1) > 1
                            && part.shape().get(2) > 0);
    if (!known) {
      return Optional.empty();
    }
    StepProducts products = new StepProducts(tf, parts, parts.get(0).shape().get(1));
    boolean repeats = parts.stream().anyMatch(part -> products.isOnce(products.source(part)));
    return repeats ? Optional.of(products.sum(matrix, bias)) : Optional.empty();
  }

  private Operand<TFloating> sum(Operand<TFloating> matrix, Optional<Operand<TFloating>> bias) {
    int[] widths = parts.stream().mapToInt(Shapes::last).toArray();
    List<Output<TFloating>> matrices =
        tf.splitV(matrix, tf.constant(widths), tf.constant(0), (long) widths.length).output();
    Map<String, Summand> summands = new LinkedHashMap<>();
    ImmutableMap<String, Operand<TFloating>> bases = bases();
    for (int i = 0; i < widths.length; i++) {
      Operand<TFloating> rows = matrices.get(i);
      Optional<ImmutableList<Operand<TFloating>>> terms = terms(parts.get(i), bases);
      if (terms.isPresent()) {
        summand(summands, terms.get().get(0), s -> s.plus(tf, rows));
        summand(summands, terms.get().get(1), s -> s.minus(tf, rows));
      } else {
        summand(summands, source(parts.get(i)), s -> s.plus(tf, rows));
      }
    }
    List<Operand<TFloating>> once = new ArrayList<>();
    List<Operand<TFloating>> everyStep = new ArrayList<>();
    for (Summand summand : summands.values()) {
      (isOnce(summand.value()) ? once : everyStep)
          .add(Shapes.product(tf, summand.value(), summand.matrix().orElseThrow()));
    }
    Operand<TFloating> same = added(once);
    Operand<TFloating> shifted = bias.isPresent() ? tf.math.add(same, bias.get()) : same;
    return everyStep.isEmpty()
        ? tf.tile(shifted, tf.constant(new long[] {1, steps, 1}))
        : tf.math.add(added(everyStep), shifted);
  }

  private Operand<TFloating> added(List<Operand<TFloating>> terms) {
    return terms.stream().reduce(tf.math::add).orElseThrow();
  }

  private interface Change {
    Summand of(Summand before);
  }

  private static void summand(
      Map<String, Summand> summands, Operand<TFloating> value, Change change) {
    String name = name(value);
    Summand before = summands.getOrDefault(name, new Summand(value, Optional.empty()));
    summands.put(name, change.of(requireNonNull(before, name)));
  }

  /** The tensors that are multiplied anyway, by name. */
  private ImmutableMap<String, Operand<TFloating>> bases() {
    Map<String, Operand<TFloating>> bases = new LinkedHashMap<>();
    for (Operand<TFloating> part : parts) {
      if (!isDifference(part)) {
        bases.put(name(source(part)), source(part));
      }
    }
    return ImmutableMap.copyOf(bases);
  }

  /** What a difference is made of, if both are multiplied anyway. */
  private Optional<ImmutableList<Operand<TFloating>>> terms(
      Operand<TFloating> part, ImmutableMap<String, Operand<TFloating>> bases) {
    if (!isDifference(part)) {
      return Optional.empty();
    }
    Operand<TFloating> left = source(input(part, 0));
    Operand<TFloating> right = source(input(part, 1));
    return bases.containsKey(name(left)) && bases.containsKey(name(right))
        ? Optional.of(ImmutableList.of(left, right))
        : Optional.empty();
  }

  private static boolean isDifference(Operand<TFloating> part) {
    return part.asOutput().op().type().equals(DIFFERENCE)
        && hasWidthOf(input(part, 0), part)
        && hasWidthOf(input(part, 1), part);
  }

  private static boolean hasWidthOf(Operand<TFloating> x, Operand<TFloating> part) {
    return x.shape().numDimensions() == 3 && x.shape().get(2) == part.shape().get(2);
  }

  /** What is repeated for all steps, [B, 1, d]; what is not, as it is. */
  private Operand<TFloating> source(Operand<TFloating> part) {
    if (!part.asOutput().op().type().equals(REPEAT)) {
      return part;
    }
    Operand<TFloating> repeated = input(part, 0);
    return hasWidthOf(repeated, part) && isOnce(repeated) ? repeated : part;
  }

  private boolean isOnce(Operand<TFloating> value) {
    return value.shape().get(1) == 1;
  }

  @SuppressWarnings("unchecked") // the ops that are asked have inputs of their own type
  private static Operand<TFloating> input(Operand<TFloating> value, int number) {
    GraphOperation op = (GraphOperation) value.asOutput().op();
    return (Operand<TFloating>) (Operand<?>) op.input(number);
  }

  private static String name(Operand<TFloating> value) {
    Output<TFloating> output = value.asOutput();
    return output.op().name() + ":" + output.index();
  }
}
