package io.scenerank.cli;

import io.scenerank.bench.Benchmarks;
import io.scenerank.bench.Benchmarks.BenchOptions;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times steps of training. */
@Command(
    name = "training",
    mixinStandardHelpOptions = true,
    description = {
      "Time training steps on rows in memory, alternating with matrix products.",
      "The share compares the operations that the model's formulas need with the speed of the"
          + " machine's matrix products."
    })
final class BenchTrainingCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private BenchModelOptions bench;
  @Mixin private BenchRunOptions run;
  @Mixin private BenchWorkerOptions worker;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description = "${COMPLETION-CANDIDATES}. Default: that of the run, or lazy_adam.")
  private @Nullable OptimizerType optimizer;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Rows of a step. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "20480",
      description = "Rows of an epoch, a multiple of the batch size. Default: ${DEFAULT-VALUE}.")
  private int rows;

  @Option(
      names = "--rows-of-video-id",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Rows of the table video_id. Default: ${DEFAULT-VALUE}.")
  private int rowsOfVideoId;

  @Option(
      names = "--weighted",
      description = "Rows have sample weights and lack a quarter of their labels.")
  private boolean weighted;

  @Override
  public Integer call() throws IOException {
    bench.check();
    Benchmarks benchmarks = new Benchmarks(bench.options(runtime.compute(), run.folder()));
    BenchOptions.Steps steps =
        new BenchOptions.Steps(
            Optional.ofNullable(optimizer), batchSize, rows, rowsOfVideoId, weighted);
    PrintWriter out = spec.commandLine().getOut();
    if (worker.worker) {
      benchmarks.serveTraining(steps, BenchWorkerOptions.requests(), out);
    } else {
      BenchModelOptions.print(benchmarks.training(steps), output.json, out);
    }
    out.flush();
    return ScenerankCommand.GOOD;
  }
}
