package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Nearest;

/** What a model returned: the values of each output, row by row. */
public final class Scores {
  private final ImmutableMap<String, float[]> outputs;

  Scores(ImmutableMap<String, float[]> outputs) {
    this.outputs = outputs;
  }

  /** Names of the outputs, the tasks for a ranking model. */
  public ImmutableSet<String> names() {
    return outputs.keySet();
  }

  /**
   * The values of one output; one a row for an output of shape [B, 1].
   *
   * @throws InvalidInputException if there is no such output
   */
  public float[] get(String name) {
    float[] values = outputs.get(name);
    if (values == null) {
      throw new InvalidInputException(
          "output '" + name + "' is unknown" + Nearest.hint(name, outputs.keySet()));
    }
    return values.clone();
  }
}
