package io.scenerank.layer.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.Shape;

/**
 * The equation of an {@code EinsumDense}: {@code ab,bc->ac}, {@code ...b,bc->...c} or {@code
 * ab...,bc->ac...}. Says which shapes its kernel and bias have for an input.
 */
final class EinsumEquation {
  private static final Pattern FORM =
      Pattern.compile("(\\.{3})?([a-zA-Z]+)(\\.{3})?,([a-zA-Z]+)->(\\.{3})?([a-zA-Z]+)(\\.{3})?");

  private final String text;
  private final String input;
  private final String weight;
  private final String output;
  private final boolean leftElided;
  private final boolean rightElided;

  private EinsumEquation(String text, Matcher parts) {
    this.text = text;
    this.input = parts.group(2);
    this.weight = parts.group(4);
    this.output = parts.group(6);
    this.leftElided = parts.group(1) != null;
    this.rightElided = parts.group(3) != null;
  }

  /**
   * Reads an equation.
   *
   * @throws IllegalArgumentException if it has another form
   */
  static EinsumEquation of(String text) {
    Matcher parts = FORM.matcher(text);
    boolean valid =
        parts.matches()
            && (parts.group(1) == null) == (parts.group(5) == null)
            && (parts.group(3) == null) == (parts.group(7) == null)
            && (parts.group(1) == null || parts.group(3) == null);
    if (!valid) {
      throw new IllegalArgumentException(text);
    }
    return new EinsumEquation(text, parts);
  }

  /** The equation as TensorFlow takes it. */
  String text() {
    return text;
  }

  /**
   * Shapes for an input.
   *
   * @param bias absent where there is none; else with 1 on axes that it does not have
   * @param inputs number of values that one output is made of
   * @param outputs number of values of the kernel for one input value
   */
  record Shapes(Shape kernel, ImmutableList<Long> bias, long inputs, long outputs) {}

  /**
   * Shapes for an input.
   *
   * @param x shape of the input
   * @param target sizes of the output without the batch and without the axes that the dots are for
   * @param biasAxes labels of the output, or none
   */
  Shapes shapes(Shape x, List<JsonNode> target, String biasAxes) {
    int elided = x.numDimensions() - input.length();
    if (elided < 0 || (elided > 0 && !leftElided && !rightElided)) {
      throw new IllegalArgumentException(
          "the input has the shape " + x + ", expected the axes " + input + " of " + text);
    }
    long[] out = outputSizes(x, target, elided);
    int shift = leftElided ? elided : 0;
    long[] kernel = new long[weight.length()];
    long inputs = 1;
    long outputs = 1;
    for (int i = 0; i < kernel.length; i++) {
      char label = weight.charAt(i);
      int ofOutput = output.indexOf(label);
      int ofInput = input.indexOf(label);
      if (ofOutput < 0 && ofInput < 0) {
        throw new IllegalArgumentException("'" + label + "' is in the kernel alone: " + text);
      }
      kernel[i] = ofOutput >= 0 ? out[ofOutput + shift] : x.get(ofInput + shift);
      if (kernel[i] < 0) {
        throw new IllegalArgumentException(
            "axis '" + label + "' of " + text + " has no known size in the input " + x);
      }
      if (ofOutput >= 0) {
        outputs *= kernel[i];
      } else {
        inputs *= kernel[i];
      }
    }
    return new Shapes(Shape.of(kernel), bias(out, elided, biasAxes), inputs, outputs);
  }

  /** Sizes of the whole output. */
  private long[] outputSizes(Shape x, List<JsonNode> target, int elided) {
    List<Long> sizes = new ArrayList<>();
    sizes.add(x.get(0));
    if (leftElided) {
      for (int i = 1; i < elided; i++) {
        sizes.add(x.get(i));
      }
    }
    target.forEach(size -> sizes.add(size.isNull() ? Shape.UNKNOWN_SIZE : size.longValue()));
    if (rightElided) {
      for (int i = x.numDimensions() - elided; i < x.numDimensions(); i++) {
        sizes.add(x.get(i));
      }
    }
    if (sizes.size() != output.length() + elided) {
      throw new IllegalArgumentException(
          "output_shape has " + target.size() + " sizes, which does not fit " + text);
    }
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }

  private ImmutableList<Long> bias(long[] out, int elided, String axes) {
    ImmutableList.Builder<Long> sizes = ImmutableList.builder();
    if (axes.isEmpty()) {
      return sizes.build();
    }
    int first = output.length();
    for (int i = 0; i < axes.length(); i++) {
      char label = axes.charAt(i);
      int place = output.indexOf(label);
      if (place < 0) {
        throw new IllegalArgumentException(
            "bias_axes has '" + label + "', expected axes of " + text);
      }
      first = Math.min(first, place);
    }
    int shift = leftElided ? elided : 0;
    for (int i = first; i < output.length(); i++) {
      sizes.add(axes.indexOf(output.charAt(i)) >= 0 ? out[i + shift] : 1L);
    }
    for (int i = 0; i < elided && !leftElided; i++) {
      sizes.add(1L);
    }
    return sizes.build();
  }
}
