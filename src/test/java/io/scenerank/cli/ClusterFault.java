package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.data.StableRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Processes of a cluster on this machine that are killed together.
 *
 * @param moment when it begins to count
 * @param delay milliseconds from then on
 * @param victims whom it kills
 */
record ClusterFault(Moment moment, long delay, ImmutableList<TaskId> victims) {
  private static final long LONGEST_DELAY = 4000;

  /** What has to be seen of a run first. */
  enum Moment {
    /** Nothing: the processes start. */
    START,
    /** The chief begins: it gives variables their first values, workers build their graphs. */
    BEGIN,
    /** The first checkpoint is complete. */
    TRAINING,
    /** A checkpoint is being written. */
    CHECKPOINT,
    /** The last epoch is trained. */
    EVALUATION,
    /** The model is being exported. */
    EXPORT
  }

  /**
   * Faults of a run, one to three of them, in the order of their moments.
   *
   * @param number of the run: over runs that follow each other, the first fault's victim takes
   *     every role and its moment every one
   */
  static ImmutableList<ClusterFault> ofRun(int number, ImmutableList<TaskId> tasks) {
    StableRandom random = StableRandom.of(11, number);
    Moment[] moments = Moment.values();
    List<String> roles = List.of("chief", "worker", "ps");
    List<TaskId> first =
        tasks.stream()
            .filter(task -> task.toString().startsWith(roles.get(number / 2 % roles.size())))
            .toList();
    List<ClusterFault> faults = new ArrayList<>();
    faults.add(
        of(
            moments[(number + number / 10) % moments.length],
            first.get(random.nextInt(first.size())),
            tasks,
            random));
    int more = random.nextInt(3);
    for (int i = 0; i < more; i++) {
      TaskId victim = tasks.get(random.nextInt(tasks.size()));
      faults.add(of(moments[random.nextInt(moments.length)], victim, tasks, random));
    }
    return faults.stream()
        .sorted((one, other) -> one.moment().compareTo(other.moment()))
        .collect(ImmutableList.toImmutableList());
  }

  private static ClusterFault of(
      Moment moment, TaskId victim, ImmutableList<TaskId> tasks, StableRandom random) {
    boolean brief = moment.compareTo(Moment.TRAINING) > 0;
    long delay = (long) (random.nextDouble() * (brief ? 100 : LONGEST_DELAY));
    TaskId other = tasks.get(random.nextInt(tasks.size()));
    boolean both = random.nextInt(3) == 0 && !other.equals(victim);
    return new ClusterFault(
        moment, delay, both ? ImmutableList.of(victim, other) : ImmutableList.of(victim));
  }

  /**
   * Waits for the moment and kills.
   *
   * @param epochs of the training
   * @return whether there was somebody to kill; not if the command had ended
   */
  boolean strike(LocalClusterRun cluster, Path run, int epochs) throws Exception {
    while (!isMoment(cluster, run, epochs)) {
      if (!cluster.command().process().isAlive()) {
        return false;
      }
      Thread.sleep(1);
    }
    Thread.sleep(delay);
    boolean killed = false;
    for (TaskId victim : victims) {
      killed |= cluster.kill(victim.role().job(), victim.index());
    }
    return killed;
  }

  private boolean isMoment(LocalClusterRun cluster, Path run, int epochs) throws IOException {
    return switch (moment) {
      case START -> cluster.pids().size() > victims.size();
      case BEGIN -> Files.readString(cluster.command().err()).contains(" rows to train on");
      case TRAINING -> !InterruptedTraining.checkpoints(run).isEmpty();
      case CHECKPOINT ->
          !InterruptedTraining.checkpoints(run).isEmpty()
              && RunCommandTest.children(run.resolve("checkpoint")).stream()
                  .anyMatch(name -> name.contains(".tmp-"));
      case EVALUATION ->
          Files.readString(cluster.command().err()).contains("\nepoch " + epochs + "  loss ");
      case EXPORT -> Files.exists(run.resolve("saved_model"));
    };
  }

  @Override
  public String toString() {
    return String.format(
        "%s %s+%d ms",
        victims.stream().map(TaskId::toString).collect(Collectors.joining(" and ")), moment, delay);
  }
}
