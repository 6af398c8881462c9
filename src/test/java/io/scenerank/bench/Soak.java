package io.scenerank.bench;

import com.google.common.collect.ImmutableSet;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.serve.Features;
import io.scenerank.serve.SavedModelPredictor;
import io.scenerank.serve.Signatures;
import io.scenerank.train.Device;
import io.scenerank.train.TrainingConfig;
import io.scenerank.train.TrainingGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A JVM that does the same over and over and prints how much memory it holds: {@code predictions N}
 * lines while some threads predict with one model, {@code cycle N} lines after each training,
 * export and loading.
 */
final class Soak {
  private static final int ROWS = 256;
  private static final int STEPS = 4;
  private static final int PARTS = 10;

  private final ModelDefinition<?> definition = BenchModel.of(Models.PEPNET);
  private final Path folder;

  private Soak(Path folder) {
    this.folder = folder;
  }

  /**
   * @param args the folder to work in, threads, predictions, cycles
   */
  public static void main(String... args) throws Exception {
    Soak soak = new Soak(Path.of(args[0]));
    soak.cycle(0);
    soak.predict(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    for (int cycle = 1; cycle <= Integer.parseInt(args[3]); cycle++) {
      soak.cycle(cycle);
      say("cycle " + cycle);
    }
  }

  private static void say(String what) {
    System.gc();
    System.out.printf("%s %d%n", what, MemoryUse.now().orElseThrow().residentBytes());
  }

  /** Trains, exports and loads; the first one is what is predicted with. */
  private void cycle(int number) throws IOException {
    PackedRows rows = UniformRows.of(BenchModel.format(definition), ROWS, number);
    Path model;
    try (TrainingGraph graph =
            new TrainingGraph(
                definition,
                TrainingGraph.Options.of(
                    TrainingConfig.defaults(), number, Device.parse("cpu"), 1));
        Batcher batches = Batcher.of(rows).batchSize(ROWS / STEPS).start()) {
      for (int step = 0; batches.hasNext(); step++) {
        try (Batch batch = batches.next()) {
          graph.step(batch, step, 0.001f);
        }
      }
      model =
          new SavedModelExporter()
              .export(definition, graph, folder.resolve("models"), number + 1, false);
    }
    try (SavedModelPredictor predictor = load(model)) {
      requests(number).forEach(predictor::predict);
    }
  }

  private static SavedModelPredictor load(Path model) {
    return SavedModelPredictor.load(model, Signatures.SERVING_DEFAULT, 1);
  }

  private List<Features> requests(long seed) {
    return RequestLoop.of(definition.columns(), ImmutableSet.of(), 2, seed).requests().stream()
        .map(RequestLoop.Request::features)
        .toList();
  }

  private void predict(int threads, int predictions) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (SavedModelPredictor predictor = load(folder.resolve("models/1"))) {
      List<Features> requests = requests(1);
      for (int part = 1; part <= PARTS; part++) {
        List<Future<?>> running = new ArrayList<>();
        int each = predictions / PARTS / threads;
        for (int thread = 0; thread < threads; thread++) {
          running.add(
              pool.submit(
                  () -> {
                    for (int i = 0; i < each; i++) {
                      predictor.predict(requests.get(i % requests.size()));
                    }
                  }));
        }
        await(running);
        say("predictions " + part * each * threads);
      }
    } finally {
      pool.shutdown();
    }
  }

  private static void await(List<Future<?>> running)
      throws InterruptedException, ExecutionException {
    for (Future<?> future : running) {
      future.get();
    }
  }
}
