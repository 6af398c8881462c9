package io.scenerank.cluster.chief;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.cluster.wire.WorkQueue;
import io.scenerank.cluster.worker.InputQueue;
import io.scenerank.variable.TensorFlowErrors;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * Trains batches of a board, one after the other, with one worker or with several together; a
 * thread's work. The rows of the next batches are put ready while one is trained.
 */
final class TrainingThread implements Runnable {
  /** Batches whose rows are put ready, besides the one that is trained. */
  private static final int AHEAD = InputQueue.CAPACITY - 1;

  private final BatchQueue board;
  private final WorkerSource recruits;
  private final Function<ImmutableList<StepGraph.Member>, StepGraph> graphs;
  private final Function<TaskProcess.Identity, InputQueue.Format> formats;
  private final WorkerMeter meter;
  private final FirstSteps firstSteps;
  private final SecureRandom random = new SecureRandom();
  private boolean progressed;

  /**
   * @param graphs makes the step of some workers, which this closes
   * @param formats rows of a worker
   * @param meter hears what workers did
   * @param firstSteps the same for all lanes of the board
   */
  TrainingThread(
      BatchQueue board,
      WorkerSource recruits,
      Function<ImmutableList<StepGraph.Member>, StepGraph> graphs,
      Function<TaskProcess.Identity, InputQueue.Format> formats,
      WorkerMeter meter,
      FirstSteps firstSteps) {
    this.board = board;
    this.recruits = recruits;
    this.graphs = graphs;
    this.formats = formats;
    this.meter = meter;
    this.firstSteps = firstSteps;
  }

  @Override
  public void run() {
    try {
      while (!board.isClosed()) {
        ImmutableList<WorkerSource.Recruit> found = recruits.find();
        if (!found.isEmpty()) {
          trainOrGiveUp(members(found));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the end
    } catch (RuntimeException e) {
      board.fail(e);
    }
  }

  private ImmutableList<StepGraph.Member> members(List<WorkerSource.Recruit> found) {
    long generation = random.nextLong();
    return found.stream()
        .map(
            recruit ->
                new StepGraph.Member(
                    recruit.worker(), generation, formats.apply(recruit.identity())))
        .collect(ImmutableList.toImmutableList());
  }

  private void trainOrGiveUp(ImmutableList<StepGraph.Member> members) throws InterruptedException {
    progressed = false;
    try (StepGraph graph = graphs.apply(members)) {
      meter.present(members, true);
      train(graph);
    } catch (TensorFlowException e) {
      if (!board.isClosed() && !recruits.mayGoOn(e, progressed)) {
        board.fail(new ClusterLost(lost(members, e), e));
      }
    } finally {
      meter.present(members, false);
    }
  }

  private static String lost(List<StepGraph.Member> members, TensorFlowException why) {
    List<String> names = new ArrayList<>();
    members.forEach(member -> names.add(member.worker().toString()));
    return String.format(
        "the training with %s was interrupted (%s)",
        String.join(", ", names), TensorFlowErrors.firstLine(why));
  }

  private void train(StepGraph graph) throws InterruptedException {
    Deque<BatchJob> begun = new ArrayDeque<>();
    try {
      graph.tell(
          graph.members().stream()
              .map(member -> WorkQueue.Item.open(member.generation()))
              .toList());
      while (!board.isClosed() && !(begun.isEmpty() && recruits.isOutdated())) {
        prepare(graph, begun);
        if (!begun.isEmpty()) {
          Optional<BatchJob> more = begun.size() < AHEAD ? Optional.empty() : take(false);
          more.ifPresent(begun::add);
          if (!progressed) {
            graph.awaitRows(board::isClosed);
          }
          firstSteps.run(!progressed, begun.element().step(), () -> trainNext(graph, begun, more));
        }
      }
    } finally {
      board.giveBack(begun);
    }
  }

  /** Has rows put ready, as far as there are batches. */
  private void prepare(StepGraph graph, Deque<BatchJob> begun) throws InterruptedException {
    while (begun.size() < AHEAD) {
      Optional<BatchJob> job = take(begun.isEmpty());
      if (job.isEmpty()) {
        return;
      }
      begun.add(job.get());
      graph.tell(feeds(graph, job.get()));
    }
  }

  private Optional<BatchJob> take(boolean wait) throws InterruptedException {
    return recruits.isOutdated() ? Optional.empty() : board.take(wait);
  }

  private void trainNext(StepGraph graph, Deque<BatchJob> begun, Optional<BatchJob> more) {
    int before = board.applied();
    StepGraph.StepMetrics metrics =
        graph.run(
            begun.element(),
            more.map(job -> feeds(graph, job))
                .orElseGet(
                    () -> graph.members().stream().map(member -> WorkQueue.Item.none()).toList()));
    BatchJob done = begun.remove();
    progressed = true;
    int missed = board.finished(done, metrics, before);
    meter.trained(graph.members(), done.rows(), missed, metrics.bytes());
  }

  private static List<WorkQueue.Item> feeds(StepGraph graph, BatchJob job) {
    ImmutableList<StepGraph.Member> members = graph.members();
    List<WorkQueue.Item> items = new ArrayList<>();
    for (int share = 0; share < members.size(); share++) {
      items.add(job.feed(members.get(share).generation(), share, members.size()));
    }
    return items;
  }
}
