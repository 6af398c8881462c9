package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Einstein's notation. TensorFlow's op takes one or two tensors; more are contracted one after the
 * other.
 *
 * @param inputs labels of the axes of each tensor, with an ellipsis where there is one
 * @param output labels of the axes of the result
 */
record Einsum(ImmutableList<String> inputs, String output) {
  private static final String ELLIPSIS = "...";

  /**
   * Reads subscripts as numpy has them, {@code ij,jk->ik}.
   *
   * @throws IllegalArgumentException if a character means nothing
   */
  static Einsum of(String subscripts) {
    String text = subscripts.replace(" ", "");
    if (!text.matches("([A-Za-z,]|\\.\\.\\.)*(->([A-Za-z]|\\.\\.\\.)*)?")) {
      throw new IllegalArgumentException(
          "subscripts are '" + subscripts + "', expected labels as in ij,jk->ik");
    }
    int arrow = text.indexOf("->");
    String left = arrow < 0 ? text : text.substring(0, arrow);
    return new Einsum(
        ImmutableList.copyOf(left.split(",", -1)),
        arrow < 0 ? implied(left) : text.substring(arrow + 2));
  }

  /** The labels that occur once, in the order of the alphabet, behind the ellipsis. */
  private static String implied(String inputs) {
    String labels = inputs.replaceAll("[.,]", "");
    StringBuilder output = new StringBuilder(inputs.contains(ELLIPSIS) ? ELLIPSIS : "");
    labels
        .chars()
        .sorted()
        .filter(label -> labels.indexOf(label) == labels.lastIndexOf(label))
        .forEach(label -> output.append((char) label));
    return output.toString();
  }

  Operand<TNumber> call(Ops tf, List<Operand<TNumber>> operands) {
    if (operands.size() != inputs.size()) {
      throw new IllegalArgumentException(
          operands.size() + " tensors for the subscripts of " + inputs.size());
    }
    List<Operand<TNumber>> tensors = new ArrayList<>(operands);
    List<String> labels = new ArrayList<>(inputs);
    while (tensors.size() > 2) {
      int[] pair = cheapest(tensors, labels);
      String kept = kept(labels, pair);
      Operand<TNumber> right = tensors.remove(pair[1]);
      Operand<TNumber> left = tensors.remove(pair[0]);
      String rightLabels = labels.remove(pair[1]);
      String leftLabels = labels.remove(pair[0]);
      tensors.add(
          tf.linalg.einsum(List.of(left, right), leftLabels + "," + rightLabels + "->" + kept));
      labels.add(kept);
    }
    return tf.linalg.einsum(tensors, String.join(",", labels) + "->" + output);
  }

  /** The pair whose product is smaller than its factors by most values, as TensorFlow has it. */
  private int[] cheapest(List<Operand<TNumber>> tensors, List<String> labels) {
    Map<Character, Long> sizes = sizes(tensors, labels);
    int[] best = {0, 1};
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < tensors.size(); i++) {
      for (int j = i + 1; j < tensors.size(); j++) {
        int[] pair = {i, j};
        double cost =
            size(kept(labels, pair), sizes)
                - size(labels.get(i), sizes)
                - size(labels.get(j), sizes);
        if (cost < least) {
          least = cost;
          best = pair;
        }
      }
    }
    return best;
  }

  /** Sizes of the labelled axes; 1 where a size is not known, or is behind an ellipsis. */
  private static Map<Character, Long> sizes(List<Operand<TNumber>> tensors, List<String> labels) {
    Map<Character, Long> sizes = new HashMap<>();
    for (int i = 0; i < tensors.size(); i++) {
      String axes = labels.get(i);
      boolean counted = !axes.contains(ELLIPSIS) && axes.length() == Axes.rank(tensors.get(i));
      for (int axis = 0; counted && axis < axes.length(); axis++) {
        sizes.merge(axes.charAt(axis), Axes.size(tensors.get(i), axis), Math::max);
      }
    }
    return sizes;
  }

  private static double size(String labels, Map<Character, Long> sizes) {
    double size = 1;
    for (int i = 0; i < labels.length(); i++) {
      char label = labels.charAt(i);
      size *= Math.max(1, sizes.getOrDefault(label, 1L));
    }
    return size;
  }

  /** What a pair has that the others or the result need. */
  private String kept(List<String> labels, int[] pair) {
    String both = labels.get(pair[0]) + labels.get(pair[1]);
    StringBuilder later = new StringBuilder(output);
    for (int i = 0; i < labels.size(); i++) {
      later.append(i == pair[0] || i == pair[1] ? "" : labels.get(i));
    }
    StringBuilder kept = new StringBuilder(both.contains(ELLIPSIS) ? ELLIPSIS : "");
    Set<Character> found = new HashSet<>();
    for (char label : both.replace(".", "").toCharArray()) {
      if (later.indexOf(String.valueOf(label)) >= 0 && found.add(label)) {
        kept.append(label);
      }
    }
    return kept.toString();
  }
}
