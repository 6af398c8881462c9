package io.scenerank.train.log;

import io.scenerank.train.ClusterMetrics;
import io.scenerank.train.GateValues;
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

  void write(StepPoint point) throws IOException {
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
  }

  /** Metrics of a step whose own point, where there is one, is written already. */
  void write(ClusterMetrics figures) throws IOException {
    if (figures.step() < lastTold) {
      file.begin(figures.step());
    }
    lastTold = figures.step();
    file.scalar(figures.step(), "cluster/samples_per_second", figures.samplesPerSecond());
    for (ClusterMetrics.Worker worker : figures.workers()) {
      file.scalar(
          figures.step(),
          "cluster/worker_" + worker.index() + "/samples_per_second",
          worker.samplesPerSecond());
    }
    file.scalar(figures.step(), "cluster/workers", figures.presentWorkers());
    file.scalar(figures.step(), "cluster/staleness_mean", figures.meanStaleness());
    file.scalar(figures.step(), "cluster/staleness_max", figures.maxStaleness());
    file.scalar(figures.step(), "cluster/bytes_per_step", figures.bytesPerStep());
  }

  void write(EpochPoint point) throws IOException {
    file.scalar(point.step(), "epoch/loss", point.loss());
    file.scalar(point.step(), "epoch/samples_per_second", point.samplesPerSecond());
    write(point.step(), "validation", point.validation());
  }

  void write(int step, String group, Map<String, Double> figures) throws IOException {
    for (Map.Entry<String, Double> figure : figures.entrySet()) {
      file.scalar(step, group + "/" + figure.getKey(), figure.getValue());
    }
  }

  void write(int step, List<GateValues> gates) throws IOException {
    for (GateValues gate : gates) {
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
