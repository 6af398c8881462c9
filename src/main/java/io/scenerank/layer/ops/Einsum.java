package io.scenerank.layer.ops;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
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
      String kept = kept(labels);
      Operand<TNumber> joined =
          tf.linalg.einsum(
              List.of(tensors.remove(0), tensors.remove(0)),
              labels.remove(0) + "," + labels.remove(0) + "->" + kept);
      tensors.add(0, joined);
      labels.add(0, kept);
    }
    return tf.linalg.einsum(tensors, String.join(",", labels) + "->" + output);
  }

  /** What the first two have that the others or the result need. */
  private String kept(List<String> labels) {
    String first = labels.get(0) + labels.get(1);
    String later = String.join("", labels.subList(2, labels.size())) + output;
    StringBuilder kept = new StringBuilder(first.contains(ELLIPSIS) ? ELLIPSIS : "");
    TreeSet<Character> found = new TreeSet<>();
    for (char label : first.replace(".", "").toCharArray()) {
      if (later.indexOf(label) >= 0 && found.add(label)) {
        kept.append(label);
      }
    }
    return kept.toString();
  }
}
