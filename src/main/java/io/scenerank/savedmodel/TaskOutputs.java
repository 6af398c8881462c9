package io.scenerank.savedmodel;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.feature.InvalidInputException;

/**
 * Which output of a SavedModel is which task's. A model of this library and one of Keras 3 name an
 * output after its task; Keras 2 names it after its layer, which is called after the task, {@code
 * task_<task>} or {@code task_<task>_output}.
 */
public final class TaskOutputs {
  private static final ImmutableList<String> FORMS =
      ImmutableList.of("%s", "task_%s", "task_%s_output");

  private TaskOutputs() {}

  /**
   * Name of the output by task.
   *
   * @throws InvalidInputException if a task has no output
   */
  public static ImmutableMap<String, String> of(
      ImmutableSet<String> outputs, Iterable<String> tasks) {
    ImmutableMap.Builder<String, String> names = ImmutableMap.builder();
    for (String task : tasks) {
      names.put(
          task,
          FORMS.stream()
              .map(form -> String.format(form, task))
              .filter(outputs::contains)
              .findFirst()
              .orElseThrow(
                  () ->
                      new InvalidInputException(
                          "task '" + task + "' has no output; there are " + outputs)));
    }
    return names.buildOrThrow();
  }
}
