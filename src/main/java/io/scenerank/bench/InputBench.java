package io.scenerank.bench;

import io.scenerank.bench.Benchmarks.BenchOptions;
import io.scenerank.bench.Benchmarks.BenchResult;
import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.DuckDb.DuckDbOptions;
import io.scenerank.data.PackedRows;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.synthetic.SyntheticSource;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import java.io.IOException;
import java.nio.file.Path;

/** Prepares, reads and batches the built-in data, and trains, in turn. */
final class InputBench {
  private static final int ROWS = 20480;

  private final BenchOptions options;
  private final SyntheticOptions data;
  private final DuckDbOptions duckDb;

  /** A stretch of work on some rows. */
  @FunctionalInterface
  private interface Work {
    int rows() throws IOException;
  }

  /**
   * @param data what to prepare
   */
  InputBench(BenchOptions options, SyntheticOptions data, DuckDbOptions duckDb) {
    this.options = options;
    this.data = data;
    this.duckDb = duckDb;
  }

  /**
   * Middle rates of some rounds; the first, in which the JVM compiles, does not count. Training
   * takes the seconds of the options in all rounds that count together.
   */
  BenchResult measure(int rounds) throws IOException {
    TrainingSteps.Options steps = TrainingSteps.Options.byDefault(options, ROWS);
    try (TempFolder temp = new TempFolder();
        TrainingSteps training =
            new TrainingSteps(options.type().name(), BenchModel.of(options.type()), steps)) {
      options.warmUp().run(training);
      return measure(training, rounds, temp.path());
    }
  }

  private InputSpeed measure(Workload training, int rounds, Path folder) throws IOException {
    DoubleSamples prepare = new DoubleSamples();
    DoubleSamples read = new DoubleSamples();
    DoubleSamples batch = new DoubleSamples();
    DoubleSamples train = new DoubleSamples();
    for (int round = 0; round <= rounds; round++) {
      Path out = folder.resolve("data" + round);
      double prepared = rate(() -> prepare(out));
      PackedRows[] rows = new PackedRows[1];
      double loaded =
          rate(
              () -> {
                rows[0] = read(out);
                return rows[0].size();
              });
      long seed = round;
      double batched = rate(() -> batch(rows[0], seed));
      double trained = TimedWindow.measure(training, options.seconds() / rounds).rowsPerSecond();
      if (round > 0) {
        prepare.add(prepared);
        read.add(loaded);
        batch.add(batched);
        train.add(trained);
      }
    }
    return new InputSpeed(prepare.median(), read.median(), batch.median(), train.median());
  }

  private static double rate(Work work) throws IOException {
    long begin = System.nanoTime();
    int rows = work.rows();
    return rows / ((System.nanoTime() - begin) / 1e9);
  }

  private int prepare(Path out) throws IOException {
    new SyntheticSource(data).write(out, false);
    return Math.toIntExact(data.rows());
  }

  private PackedRows read(Path folder) {
    return PreparedDataset.open(folder, duckDb).train();
  }

  private static int batch(PackedRows rows, long seed) {
    int done = 0;
    try (Batcher batches = Batcher.of(rows).shuffled(seed, 0).start()) {
      while (batches.hasNext()) {
        try (Batch batch = batches.next()) {
          done += batch.size();
        }
      }
    }
    return done;
  }
}
