package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import io.scenerank.model.Observations.Gate;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Gates of tasks that mix the same experts. */
final class ExpertGates {
  private ExpertGates() {}

  /**
   * A gate a task.
   *
   * @param name what comes before the tasks' names
   * @param about what the gates do, to which the task's name is added
   * @param experts n
   * @param ofTask for the number of a task [B, n]
   */
  static ImmutableList<Gate> of(
      String name,
      String about,
      Gate.Kind kind,
      ImmutableList<String> tasks,
      int experts,
      IntFunction<Operand<TFloat32>> ofTask) {
    ImmutableList<String> names =
        IntStream.range(0, experts)
            .mapToObj(expert -> "expert " + expert)
            .collect(ImmutableList.toImmutableList());
    return IntStream.range(0, tasks.size())
        .mapToObj(
            task ->
                new Gate(
                    name + "/" + tasks.get(task),
                    about + " " + tasks.get(task),
                    kind,
                    names,
                    ofTask.apply(task)))
        .collect(ImmutableList.toImmutableList());
  }
}
