package io.scenerank.train;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.google.common.util.concurrent.Uninterruptibles;
import io.scenerank.variable.DropoutDraws;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TBool;

/**
 * Feeds the dropout of a training graph. While the session runs a step, a thread of its own draws
 * for the next one: most often that is the next number with as many rows, and if it is not, what
 * was drawn is not used. For one step at a time.
 */
final class DropoutFeed implements AutoCloseable {
  private final DropoutDraws draws;
  private final DropoutDraws.Sampler sampler;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          new ThreadFactoryBuilder().setDaemon(true).setNameFormat("scenerank-dropout").build());

  /** What drawings write to in turn: while one is fed, the next one fills the other. */
  private final TBool[] tensors = new TBool[2];

  private int turn;
  private Optional<Drawing> ahead = Optional.empty();

  /** The decisions of a step for so many rows, once they are done. */
  private record Drawing(int step, int rows, TBool kept, Future<?> done) {}

  /**
   * @param draws of a graph that is complete
   */
  DropoutFeed(DropoutDraws draws) {
    this.draws = draws;
    this.sampler = draws.sampler();
  }

  /**
   * Feeds a step, where it drops anything.
   *
   * @param step number of steps before it; the step that was fed before is over
   * @param rows rows of its batch
   * @return the runner
   */
  Session.Runner feed(Session.Runner runner, int step, int rows) {
    if (draws.isEmpty()) {
      return runner;
    }
    Drawing now =
        ahead
            .filter(drawing -> drawing.step() == step && drawing.rows() == rows)
            .orElseGet(() -> start(step, rows));
    Futures.getUnchecked(now.done());
    ahead = Optional.of(start(step + 1, rows));
    return runner.feed(draws.kept(), now.kept());
  }

  private Drawing start(int step, int rows) {
    turn = 1 - turn;
    TBool kept = tensor(rows);
    return new Drawing(step, rows, kept, worker.submit(() -> sampler.draw(step, kept)));
  }

  /** The tensor whose turn it is: drawings finish in their order, so none writes to it. */
  private TBool tensor(int rows) {
    if (tensors[turn] == null || tensors[turn].shape().get(1) != rows) {
      free(turn);
      tensors[turn] = TBool.tensorOf(Shape.of(draws.width(), rows));
    }
    return tensors[turn];
  }

  private void free(int index) {
    if (tensors[index] != null) {
      tensors[index].close();
      tensors[index] = null;
    }
  }

  @Override
  public void close() {
    worker.shutdown();
    Uninterruptibles.awaitTerminationUninterruptibly(worker);
    free(0);
    free(1);
  }
}
