package io.scenerank.train.log;

import io.scenerank.train.TrainingGraph;
import io.scenerank.train.TrainingListener.ClusterMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Tells TensorBoard how a training goes, under the tags that a person looks for there. */
final class EventLog implements AutoCloseable {
  private final EventFile file;

  /** The last step that was told; before the first one, a step beyond all. */
  private int lastTold = Integer.MAX_VALUE;

  private EventLog(EventFile file) {
    this.file = file;
  }

  static EventLog create(Path folder) throws IOException {
    Files.createDirectories(folder);
    return new EventLog(EventFile.create(folder));
  }

  void write(TrainingHistory.Step point) throws IOException {
    if (point.step() <= lastTold) {
      // A training that was interrupted, or went back to a checkpoint by itself, may have told this
      // step and some after it.
      file.begin(point.step());
    }
    lastTold = point.step();
    file.scalar(point.step(), "train/loss", point.loss());
    file.scalar(point.step(), "train/learning_rate", point.learningRate());
    file.scalar(point.step(), "train/samples_per_second", point.samplesPerSecond());
    file.scalar(point.step(), "train/gradient_norm", point.gradientNorm());
    for (Map.Entry<String, Float> weight : point.lossWeights().entrySet()) {
      file.scalar(point.step(), "train/loss_weight/" + weight.getKey(), weight.getValue());
    }
  }

  /** Metrics of a step whose own point, where there is one, is written already. */
  void write(ClusterMetrics metrics) throws IOException {
    if (metrics.step() < lastTold) {
      file.begin(metrics.step());
    }
    lastTold = metrics.step();
    file.scalar(metrics.step(), "cluster/samples_per_second", metrics.samplesPerSecond());
    for (ClusterMetrics.Worker worker : metrics.workers()) {
      file.scalar(
          metrics.step(),
          "cluster/worker_" + worker.index() + "/samples_per_second",
          worker.samplesPerSecond());
    }
    file.scalar(metrics.step(), "cluster/workers", metrics.presentWorkers());
    file.scalar(metrics.step(), "cluster/staleness_mean", metrics.meanStaleness());
    file.scalar(metrics.step(), "cluster/staleness_max", metrics.maxStaleness());
    file.scalar(metrics.step(), "cluster/bytes_per_step", metrics.bytesPerStep());
  }

  void write(TrainingHistory.Epoch point) throws IOException {
    file.scalar(point.step(), "epoch/loss", point.loss());
    file.scalar(point.step(), "epoch/samples_per_second", point.samplesPerSecond());
    write(point.step(), "validation", point.validation());
  }

  void write(int step, String group, Map<String, Double> metrics) throws IOException {
    for (Map.Entry<String, Double> metric : metrics.entrySet()) {
      file.scalar(step, group + "/" + metric.getKey(), metric.getValue());
    }
  }

  void write(int step, List<TrainingGraph.GateValues> gates) throws IOException {
    for (TrainingGraph.GateValues gate : gates) {
      for (int part = 0; part < gate.parts().size(); part++) {
        file.histogram(
            step, "gates/" + gate.name() + "/" + gate.parts().get(part), gate.part(part));
      }
    }
  }

  void flush() throws IOException {
    file.flush();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
