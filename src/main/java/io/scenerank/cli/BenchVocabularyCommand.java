package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Ordering;
import io.scenerank.bench.TrainingSteps;
import io.scenerank.bench.VocabularyBench;
import io.scenerank.bench.VocabularySpeed;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.eval.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times steps of training with tables of several sizes. */
@Command(
    name = "vocabulary",
    mixinStandardHelpOptions = true,
    description = {
      "Time steps of training in turn with tables video_id of several sizes, and the memory of the"
          + " process while it trains with the largest alone."
    })
final class BenchVocabularyCommand implements Callable<Integer> {
  private static final double MEBIBYTE = 1 << 20;
  private static final int ROWS = 128 * 1024; // so many that ids seldom repeat

  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private BenchModelOptions bench;

  @Option(
      names = "--rows-of-video-id",
      paramLabel = "N",
      split = ",",
      defaultValue = "100000,1000000,5000000,10000000",
      description = "Sizes of the table, ascending. Default: ${DEFAULT-VALUE}.")
  private List<Integer> sizes;

  @Override
  public Integer call() {
    double seconds = bench.seconds();
    if (!Ordering.natural().isStrictlyOrdered(sizes) || sizes.get(0) < 1) {
      throw new InvalidInputException(
          "--rows-of-video-id is " + sizes + ", expected sizes from 1 on, ascending");
    }
    RuntimeOptions.Compute compute = runtime.compute();
    TrainingSteps.Options options = bench.steps(ROWS, compute);
    VocabularySpeed speed =
        new VocabularyBench(bench.type(), options, bench.warmUp())
            .measure(ImmutableList.copyOf(sizes), seconds);
    PrintWriter out = spec.commandLine().getOut();
    if (output.json) {
      out.println(new ConfigMapper().toJson(speed));
    } else {
      print(speed, out);
    }
    out.flush();
    return ScenerankCommand.GOOD;
  }

  private static void print(VocabularySpeed speed, PrintWriter out) {
    TextTable table = TextTable.withHeader("rows of video_id", "ms a step", "to the first");
    for (VocabularySpeed.Step step : speed.steps()) {
      table =
          table.plus(
              String.format(Locale.ROOT, "%,d", step.rowsOfVideoId()),
              String.format(Locale.ROOT, "%.2f", step.stepMs()),
              String.format(Locale.ROOT, "%.2f", step.ratio()));
    }
    out.print(table.render());
    out.printf(
        Locale.ROOT,
        "Resident memory with the largest table: %,.0f MiB, at most %,.0f MiB by then; three such"
            + " tables are %,.0f MiB.%n",
        speed.residentBytes() / MEBIBYTE,
        speed.peakBytes() / MEBIBYTE,
        3 * speed.tableBytes() / MEBIBYTE);
  }
}
