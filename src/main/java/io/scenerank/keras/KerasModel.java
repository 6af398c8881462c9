package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import io.scenerank.export.NativeRanker;
import io.scenerank.serve.Ranker;
import io.scenerank.train.Device;
import io.scenerank.train.TrainedState;
import io.scenerank.train.experiment.Experiment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model that Keras trained, as a native model of this library.
 *
 * @param source the file or folder that it was read from
 * @param kind what that is, as in ".keras of Keras 3"
 * @param experiment the model with its columns and parameters, and how it was compiled
 * @param state its weights and, where the source has it, Adam's state
 * @param difference how far the native graph is from the source's own; empty where the source has
 *     no graph
 * @param known how far its scores are from the known ones; empty where there are none
 * @param warnings what the source has and is not carried over, or not for certain, a line each
 */
@PublicApi
public record KerasModel(
    Path source,
    String kind,
    Experiment experiment,
    TrainedState state,
    Optional<GraphDifference> difference,
    Optional<GraphDifference> known,
    ImmutableList<String> warnings) {

  /**
   * The model ready to predict; the caller closes it.
   *
   * @param threads TensorFlow's threads; 0 for one a core
   */
  public Ranker ranker(int threads) {
    return NativeRanker.of(experiment.definition(), state.weights(), threads);
  }

  /**
   * Writes the model into an empty folder as a run: configuration, checkpoint and SavedModel.
   *
   * @param device where the SavedModel's graph is made
   * @param threads TensorFlow's threads; 0 for one a core
   */
  public void writeRun(Path folder, Device device, int threads) throws IOException {
    new ImportedRun(experiment, state, device, threads).write(folder);
  }
}
