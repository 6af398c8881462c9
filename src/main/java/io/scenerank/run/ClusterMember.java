package io.scenerank.run;

import io.scenerank.cluster.wire.Identity;
import io.scenerank.cluster.wire.TaskProcess;
import io.scenerank.cluster.wire.TrainingJob;
import io.scenerank.cluster.worker.PsTask;
import io.scenerank.cluster.worker.WorkerTask;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSource;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.run.text.Versions;
import io.scenerank.train.experiment.Experiment;
import java.io.IOException;

/**
 * What the processes of a cluster besides its chief do: they serve it until the training is over.
 */
public final class ClusterMember {
  private final TaskProcess process;

  public ClusterMember(ClusterTask task, ComputeOptions compute) {
    this.process = process(task, compute);
  }

  /** This process as a task of a cluster. */
  public static TaskProcess process(ClusterTask task, ComputeOptions compute) {
    return new TaskProcess(
        task.place().spec(),
        task.id(),
        Identity.of(Versions.all().get(Versions.OWN)),
        compute.device(),
        compute.threads());
  }

  /** Keeps variables, whatever is trained. */
  public void serveVariables() {
    new PsTask(process).run();
  }

  /**
   * Reads rows and computes.
   *
   * @param given the training, as the chief has it
   * @throws io.scenerank.config.InvalidInputException if configuration or data are wrong, or not
   *     the chief's
   */
  public void work(RunRequest given, Models models) throws IOException {
    RunPipeline.Request request = given.resolve(models);
    Experiment experiment = request.experiment(line -> {}); // The chief says it.
    new WorkerTask(
            process,
            new TrainingJob(
                experiment.definition(),
                experiment.training(),
                request.seed(),
                rows(request.data(), experiment)))
        .run();
  }

  private static RowSource rows(DataSource data, Experiment experiment) {
    ModelDefinition<?> model = experiment.definition();
    PreparedDataset dataset =
        PreparedDataset.open(data.folder().orElseThrow(), data.duckDb())
            .reading(model.layout(), model.params().taskNames());
    return experiment.training().streamsRows() ? dataset.streamTrain() : dataset.train();
  }
}
