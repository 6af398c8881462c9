package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Ordering;
import io.scenerank.bench.Benchmarks;
import io.scenerank.config.InvalidInputException;
import java.io.PrintWriter;
import java.util.List;
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
      "Time training steps alternately with tables video_id of several sizes, and measure the"
          + " memory of the process while it trains with the largest table alone."
    })
final class BenchVocabularyCommand implements Callable<Integer> {
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
    bench.check();
    if (!Ordering.natural().isStrictlyOrdered(sizes) || sizes.get(0) < 1) {
      throw new InvalidInputException(
          "--rows-of-video-id is " + sizes + ", expected sizes from 1 on, ascending");
    }
    Benchmarks benchmarks = new Benchmarks(bench.options(runtime.compute()));
    PrintWriter out = spec.commandLine().getOut();
    BenchModelOptions.print(benchmarks.vocabulary(ImmutableList.copyOf(sizes)), output.json, out);
    out.flush();
    return ScenerankCommand.GOOD;
  }
}
