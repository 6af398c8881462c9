package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.InvalidInputException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which output of a model scores which task. An output has the task's name or, as Keras names
 * layers and their outputs, {@code task_<task>} or {@code task_<task>_output}; one output alone is
 * that of a task alone.
 *
 * @param byTask the output by its task, in the order of the tasks; at least one
 */
public record TaskOutputs(ImmutableMap<String, String> byTask) {

  /**
   * Finds the tasks that have an output.
   *
   * @param where names the model in messages
   * @param outputs the model's
   * @param tasks the labels of the data
   * @throws InvalidInputException if no task has one
   */
  public static TaskOutputs find(Object where, Collection<String> outputs, List<String> tasks) {
    Map<String, String> found = new LinkedHashMap<>();
    for (String task : tasks) {
      outputOf(task, outputs).ifPresent(output -> found.put(task, output));
    }
    if (found.isEmpty() && outputs.size() == 1 && tasks.size() == 1) {
      found.put(tasks.get(0), outputs.iterator().next());
    }
    if (found.isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "%s: no output is named after a task of the data; outputs: %s; tasks: %s",
              where, String.join(", ", outputs), String.join(", ", tasks)));
    }
    return new TaskOutputs(ImmutableMap.copyOf(found));
  }

  private static Optional<String> outputOf(String task, Collection<String> outputs) {
    return Stream.of(task, "task_" + task, "task_" + task + "_output")
        .filter(outputs::contains)
        .findFirst();
  }

  /** The tasks that have an output. */
  public ImmutableList<String> tasks() {
    return byTask.keySet().asList();
  }

  /** The scores of the tasks, in their order, out of those of all outputs. */
  public float[][] pick(List<String> outputs, float[][] scores) {
    return byTask.values().stream()
        .map(output -> scores[outputs.indexOf(output)])
        .toArray(float[][]::new);
  }

  /** The outputs that no task takes. */
  public ImmutableList<String> unused(Collection<String> outputs) {
    ImmutableSet<String> used = ImmutableSet.copyOf(byTask.values());
    return outputs.stream()
        .filter(output -> !used.contains(output))
        .collect(ImmutableList.toImmutableList());
  }
}
