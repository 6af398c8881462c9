package io.scenerank.serve;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which output of a model scores which task. An output has the task's name or, as Keras names
 * layers and their outputs, {@code task_<task>} or {@code task_<task>_output}; one output alone is
 * that of a task alone.
 *
 * @param byTask the output by its task, in the order of the tasks; at least one
 */
public record TaskOutputs(ImmutableMap<String, String> byTask) {

  /** Whether every task has an output. */
  public static boolean areThere(Collection<String> outputs, List<String> tasks) {
    try {
      return find("", outputs, tasks).byTask().keySet().containsAll(tasks);
    } catch (InvalidInputException e) {
      return false;
    }
  }

  /**
   * Finds the tasks that have an output.
   *
   * @param where names the model in messages
   * @param outputs the model's
   * @param tasks the labels of the data
   * @throws InvalidInputException if no task has one
   */
  public static TaskOutputs find(Object where, Collection<String> outputs, List<String> tasks) {
    return find(where, outputs, tasks, ImmutableMap.of());
  }

  /**
   * Finds the tasks that have an output.
   *
   * @param where names the model in messages
   * @param outputs the model's
   * @param tasks the labels of the data
   * @param given outputs by their tasks, with any names; the other tasks find theirs by name among
   *     the rest
   * @throws InvalidInputException if no task has one, or what is given is not a task or no output
   */
  public static TaskOutputs find(
      Object where, Collection<String> outputs, List<String> tasks, Map<String, String> given) {
    given.forEach((task, output) -> requireKnown(where, outputs, tasks, task, output));
    Set<String> left = new LinkedHashSet<>(outputs);
    for (String output : given.values()) {
      if (!left.remove(output)) {
        throw new InvalidInputException(
            where + ": output '" + output + "' is given to two tasks, expected one");
      }
    }
    Map<String, String> found = new LinkedHashMap<>();
    for (String task : tasks) {
      Optional.ofNullable(given.get(task))
          .or(() -> outputOf(task, left))
          .ifPresent(output -> found.put(task, output));
    }
    if (found.isEmpty() && outputs.size() == 1 && tasks.size() == 1) {
      found.put(tasks.get(0), outputs.iterator().next());
    }
    if (found.isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "%s: no output is named after a task of the data; outputs: %s; tasks: %s; name the"
                  + " outputs (--map), for example %s",
              where,
              String.join(", ", outputs),
              String.join(", ", tasks),
              proposal(ImmutableList.copyOf(outputs), tasks)));
    }
    return new TaskOutputs(ImmutableMap.copyOf(found));
  }

  private static void requireKnown(
      Object where, Collection<String> outputs, List<String> tasks, String task, String output) {
    if (!tasks.contains(task)) {
      throw new InvalidInputException(
          String.format(
              "outputs (--map): '%s' is not a task of the data%s; tasks: %s",
              task, SpellingHint.hint(task, tasks), String.join(", ", tasks)));
    }
    if (!outputs.contains(output)) {
      throw new InvalidInputException(
          String.format(
              "outputs (--map): '%s' is not an output of %s%s; outputs: %s",
              output, where, SpellingHint.hint(output, outputs), String.join(", ", outputs)));
    }
  }

  /** The tasks with the outputs in their order, as far as both go. */
  private static String proposal(List<String> outputs, List<String> tasks) {
    return IntStream.range(0, Math.min(outputs.size(), tasks.size()))
        .mapToObj(i -> tasks.get(i) + "=" + outputs.get(i))
        .collect(Collectors.joining(","));
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
