package io.scenerank.cluster;

import io.scenerank.data.RowSource;
import io.scenerank.model.ModelDefinition;
import io.scenerank.train.Site;
import io.scenerank.train.StepRunner;
import io.scenerank.train.TrainingConfig;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The chief of a cluster: its server, what it knows of the other tasks, and the training on them.
 */
public final class Chief {
  private final ClusterPlace place;
  private final ClusterSite site;
  private final Membership membership;
  private final StepGraph.Job job;
  private final BooleanSupplier stop;

  /**
   * Starts the chief's server.
   *
   * @param process this process; its identity says the version
   * @param rows what is trained on
   * @param seed of the training
   * @param stop whether the training is to end early
   * @param say takes lines for the user
   * @throws io.scenerank.feature.InvalidInputException if the port is taken
   */
  public Chief(
      ClusterPlace place,
      TaskProcess process,
      ModelDefinition<?> definition,
      TrainingConfig config,
      long seed,
      RowSource rows,
      BooleanSupplier stop,
      Consumer<String> say) {
    process.start();
    this.place = place;
    this.site = new ClusterSite(place.spec(), process.device(), process.threads());
    Identity identity =
        process.identity().with(TrainingTerms.of(definition, config, seed, rows), 0);
    this.membership = new Membership(site, identity, say);
    this.job = new StepGraph.Job(definition, config, seed);
    this.stop = stop;
  }

  /** A training on the tasks that are there; close it to begin another. */
  public final class Attempt implements AutoCloseable {
    private final Crew crew;

    private Attempt() {
      this.crew = new Crew(job, site, place.mode(), membership, stop);
    }

    /** Where the chief's graph runs and its variables live. */
    public Site site() {
      return site;
    }

    /** The steps. */
    public StepRunner steps() {
      return crew;
    }

    @Override
    public void close() {
      crew.close();
    }
  }

  /**
   * Waits for the parameter servers, and a while for the workers, and begins.
   *
   * @throws io.scenerank.feature.InvalidInputException if a parameter server has another version
   */
  public Attempt begin() throws InterruptedException {
    membership.awaitServers(stop);
    membership.awaitWorkers(place.workerWait(), stop);
    return new Attempt();
  }

  /** Whether a failure is that of a process that is gone, so that a new attempt may do better. */
  public boolean isLost(RuntimeException failure) {
    Optional<TaskId> server = membership.lostServer();
    server.ifPresent(gone -> membership.say(gone + " is gone; back to the last checkpoint"));
    return server.isPresent() || failure instanceof ClusterLost;
  }

  /** Tells all others that the training is over. */
  public void end() {
    for (TaskRole role : new TaskRole[] {TaskRole.WORKER, TaskRole.PS}) {
      site.tasks(role).forEach(task -> membership.tell(task, WorkItem.end()));
    }
  }
}
