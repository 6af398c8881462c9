package io.scenerank.cluster.chief;

import com.google.common.collect.ImmutableList;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import java.util.List;
import java.util.Optional;

/** Counts what workers do. For any thread. */
final class WorkerMeter {
  private final double[] rows;
  private final boolean[] present;
  private long since = System.nanoTime();
  private int steps;
  private long missed;
  private int mostMissed;
  private double bytes;
  private Optional<ClusterMetrics> last = Optional.empty();

  /**
   * @param workers number of workers of the cluster
   */
  WorkerMeter(int workers) {
    this.rows = new double[workers];
    this.present = new boolean[workers];
  }

  /** Workers take part from now on, or do not. */
  synchronized void present(List<StepGraph.Member> members, boolean takePart) {
    members.forEach(member -> present[member.worker().index()] = takePart);
  }

  /**
   * A batch is trained.
   *
   * @param members those who shared its rows
   * @param missedUpdates of others
   * @param sent bytes that each of them sent, on average
   */
  synchronized void trained(
      List<StepGraph.Member> members, int batchRows, int missedUpdates, double sent) {
    members.forEach(member -> rows[member.worker().index()] += (double) batchRows / members.size());
    steps++;
    missed += missedUpdates;
    mostMissed = Math.max(mostMissed, missedUpdates);
    bytes += sent;
  }

  /**
   * What was done since the last call. Steps are told of one after the other, and may be done
   * before the first of them is told of: where none came in between, it is what it was.
   *
   * @param step number of finished steps by now
   */
  synchronized ClusterMetrics metrics(int step) {
    if (steps > 0 || last.isEmpty()) {
      last = Optional.of(measured());
    }
    return last.get().withStep(step);
  }

  private ClusterMetrics measured() {
    double seconds = Math.max(1e-9, (System.nanoTime() - since) / 1e9);
    ImmutableList.Builder<ClusterMetrics.Worker> workers = ImmutableList.builder();
    double all = 0;
    for (int i = 0; i < rows.length; i++) {
      workers.add(new ClusterMetrics.Worker(i, rows[i] / seconds, present[i]));
      all += rows[i];
      rows[i] = 0;
    }
    int count = Math.max(1, steps);
    ClusterMetrics metrics =
        new ClusterMetrics(
            0, all / seconds, workers.build(), (double) missed / count, mostMissed, bytes / count);
    since = System.nanoTime();
    steps = 0;
    missed = 0;
    mostMissed = 0;
    bytes = 0;
    return metrics;
  }
}
