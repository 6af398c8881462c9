package io.scenerank.model;

import com.google.common.collect.ImmutableList;
import io.scenerank.model.RankingModel.Gate;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Gates that several models have. */
final class Gates {
  private Gates() {}

  /**
   * A gate a task, which mixes the same experts.
   *
   * @param name what comes before the tasks' names
   * @param about what the gates do, to which the task's name is added
   * @param experts n
   * @param ofTasks for each task [B, n]
   */
  static ImmutableList<Gate> ofExperts(
      String name,
      String about,
      Gate.Kind kind,
      ImmutableList<String> tasks,
      int experts,
      List<Operand<TFloat32>> ofTasks) {
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
                    ofTasks.get(task)))
        .collect(ImmutableList.toImmutableList());
  }
}
