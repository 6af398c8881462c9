package io.scenerank.run;

import io.scenerank.cluster.ClusterSpec;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.chief.Chief;
import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.cluster.wire.TaskServer;
import io.scenerank.cluster.wire.TrainingJob;
import io.scenerank.cluster.worker.TaskWork;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSource;
import io.scenerank.model.ModelDefinition;
import io.scenerank.run.text.Versions;
import io.scenerank.train.Device;
import io.scenerank.train.experiment.Experiment;
import io.scenerank.train.experiment.ExperimentReader.Registry;
import java.io.IOException;
import java.lang.ref.Reference;

/** A process of a cluster: its chief, or one that serves it until the training is over. */
public final class ClusterMember {
  private final TaskProcess process;

  /**
   * @param task which of the cluster's processes this one is
   * @param threads threads of TensorFlow; 0 for one a core
   */
  public ClusterMember(TaskId task, ClusterSpec cluster, Device device, int threads) {
    this.process = process(task, cluster, device, threads);
  }

  /** Work of the chief. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws IOException;
  }

  /** This process as a task of a cluster. */
  static TaskProcess process(TaskId task, ClusterSpec cluster, Device device, int threads) {
    return new TaskProcess(cluster, task, TaskProcess.Identity.of(Versions.own()), device, threads);
  }

  /**
   * Works as the chief. When the work is done, or its input is invalid, the other processes are
   * told to end; after any other failure they wait for the chief to be started again.
   */
  public <T> T lead(Work<T> work) throws IOException {
    TaskServer server = process.start();
    try {
      T result = work.run();
      Chief.end(process);
      return result;
    } catch (InvalidInputException e) {
      Chief.end(process); // It would be the same if the chief were started again.
      throw e;
    } finally {
      Reference.reachabilityFence(server); // a server that nobody refers to would be ended
    }
  }

  /** Keeps variables for any training. */
  public void serveVariables() {
    new TaskWork(process).keepVariables();
  }

  /**
   * Reads rows and computes.
   *
   * @param given the training, as the chief has it
   * @throws InvalidInputException if configuration or data are wrong, or not the chief's
   */
  public void work(RunRequest given, Registry registry) throws IOException {
    RunPipeline.Request request = given.resolve(registry);
    Experiment experiment = request.experiment(line -> {}); // The chief says it.
    new TaskWork(process)
        .compute(
            new TrainingJob(
                experiment.definition(),
                experiment.training(),
                request.seed(),
                rows(request.data(), experiment)));
  }

  private static RowSource rows(DataSource data, Experiment experiment) {
    ModelDefinition<?> model = experiment.definition();
    PreparedDataset dataset =
        PreparedDataset.open(data.folder().orElseThrow(), data.duckDb())
            .reading(model.layout(), model.params().taskNames());
    return experiment.training().streamsRows() ? dataset.streamTrain() : dataset.train();
  }
}
