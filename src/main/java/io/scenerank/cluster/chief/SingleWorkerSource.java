package io.scenerank.cluster.chief;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.variable.TensorFlowErrors;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The one worker of a lane of its own, which other lanes continue without. */
final class SingleWorkerSource implements WorkerSource {
  /** How often the same process may fail in a row without a batch between. */
  private static final int FAILURES = 10;

  private final TaskId worker;
  private final Membership membership;
  private final BooleanSupplier over;
  private Optional<TaskProcess.Identity> last = Optional.empty();
  private int failures;

  /**
   * @param over whether there is nothing left to do
   */
  SingleWorkerSource(TaskId worker, Membership membership, BooleanSupplier over) {
    this.worker = worker;
    this.membership = membership;
    this.over = over;
  }

  @Override
  public ImmutableList<Recruit> find() throws InterruptedException {
    while (!over.getAsBoolean()) {
      Optional<TaskProcess.Identity> identity = membership.worker(worker);
      if (identity.isPresent()) {
        boolean isSame = last.map(identity.get()::isSameProcess).orElse(true);
        if (failures > 0 || !isSame) {
          membership.say(worker + " is back");
        }
        if (!isSame) {
          failures = 0;
        }
        last = identity;
        return ImmutableList.of(new Recruit(worker, identity.get()));
      }
      Membership.pause();
    }
    return ImmutableList.of();
  }

  @Override
  public boolean isOutdated() {
    return false;
  }

  @Override
  public boolean mayGoOn(RuntimeException failure, boolean progressed) {
    if (membership.lostServer().isPresent()) {
      return false;
    }
    failures = progressed ? 1 : failures + 1;
    if (failures == 1) {
      membership.say(worker + " is gone; the others continue");
    }
    if (failures > FAILURES) {
      membership.refuse(
          worker,
          last.orElseThrow(),
          String.format(
              Locale.ROOT,
              "%s failed %d times in a row (%s)",
              worker,
              failures,
              TensorFlowErrors.firstLine(failure)));
    }
    return true;
  }
}
