package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Nearest;

/** What a model returned: the values of each output, row by row. */
public final class Scores {
  private final ImmutableMap<String, float[]> numbers;
  private final ImmutableMap<String, String[]> texts;

  Scores(ImmutableMap<String, float[]> numbers, ImmutableMap<String, String[]> texts) {
    this.numbers = numbers;
    this.texts = texts;
  }

  /** Names of the outputs, the tasks for a ranking model. */
  public ImmutableSet<String> names() {
    return ImmutableSet.<String>builder().addAll(numbers.keySet()).addAll(texts.keySet()).build();
  }

  /**
   * The values of one output; one a row for an output of shape [B, 1]. Doubles are rounded to
   * floats.
   *
   * @throws InvalidInputException if there is no such output, or it holds texts
   */
  public float[] get(String name) {
    return output(name, numbers, "texts, expected numbers").clone();
  }

  /**
   * The texts of one output of type string.
   *
   * @throws InvalidInputException if there is no such output, or it holds numbers
   */
  public String[] strings(String name) {
    return output(name, texts, "numbers, expected texts").clone();
  }

  /**
   * Checks the scores of a model whose inputs are known to be finite.
   *
   * @param source what an error names in front
   * @throws InvalidInputException naming the first output and row that is NaN or infinite
   */
  void requireFinite(String source) {
    numbers.forEach(
        (name, values) -> {
          for (int row = 0; row < values.length; row++) {
            if (!Float.isFinite(values[row])) {
              throw new InvalidInputException(
                  String.format(
                      "%s: output '%s', row %d: found %s, expected a finite score; a weight of the"
                          + " model is not finite, or a dense value of the row is too large",
                      source, name, row, values[row]));
            }
          }
        });
  }

  private <T> T output(String name, ImmutableMap<String, T> outputs, String instead) {
    T values = outputs.get(name);
    if (values == null) {
      throw new InvalidInputException(
          names().contains(name)
              ? "output '" + name + "' holds " + instead
              : "output '" + name + "' is unknown" + Nearest.hint(name, names()));
    }
    return values;
  }
}
