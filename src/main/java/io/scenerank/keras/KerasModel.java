package io.scenerank.keras;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import io.scenerank.config.InvalidInputException;
import io.scenerank.export.NativeRanker;
import io.scenerank.layer.base.Layer;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.Scores;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.experiment.Experiment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
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
    Optional<Difference> difference,
    Optional<Difference> known,
    ImmutableList<String> warnings) {

  /** The same model, compared with the graph of its source. */
  KerasModel withDifference(Difference found) {
    return new KerasModel(source, kind, experiment, state, Optional.of(found), known, warnings);
  }

  /** The same model, compared with known scores. */
  KerasModel withKnown(Difference found) {
    return new KerasModel(
        source, kind, experiment, state, difference, Optional.of(found), warnings);
  }

  /** The layers of the model as Keras has them, inputs among them, in the model's order. */
  public ImmutableList<Layer> layers() {
    return graph().model().graph().layers();
  }

  /** The table of layers, shapes and numbers of parameters that Keras' {@code summary()} prints. */
  public String summary() {
    GraphImport.Graph graph = graph();
    return new ModelSummary(graph.model(), graph.built().tree(), graph.built().trained()).text();
  }

  private GraphImport.Graph graph() {
    return GraphImport.graph(experiment.definition());
  }

  /** The model ready to predict, with one thread a core; the caller closes it. */
  public Ranker ranker() {
    return ranker(0);
  }

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

  /**
   * How far apart two graphs are on the same rows.
   *
   * @param rows number of rows
   * @param largest largest difference of two scores, in parts of the score where that is over 1
   * @param task where it is
   */
  public record Difference(int rows, double largest, String task) {

    /**
     * @param outputs of the source, by their tasks
     */
    static Difference of(
        String where,
        Ranker source,
        Ranker own,
        Features features,
        ImmutableMap<String, String> outputs,
        int rows) {
      Scores expected = source.predict(features);
      Scores found = own.predict(features);
      double largest = 0;
      String place = "";
      for (String task : outputs.keySet()) {
        float[] left = expected.get(outputs.get(task));
        float[] right = found.get(task);
        if (left.length != right.length) {
          throw new InvalidInputException(
              String.format(
                  Locale.ROOT,
                  "%s: output '%s' has %d values for %d rows, expected one for each row",
                  where,
                  outputs.get(task),
                  left.length,
                  rows));
        }
        for (int row = 0; row < left.length; row++) {
          double difference =
              Math.abs((double) left[row] - right[row]) / Math.max(1, Math.abs(left[row]));
          if (!(difference <= largest)) {
            largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
            place = task;
          }
        }
      }
      return new Difference(rows, largest, place);
    }
  }
}
