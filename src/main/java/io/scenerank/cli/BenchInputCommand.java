package io.scenerank.cli;

import io.scenerank.bench.Benchmarks;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times the way of rows to training. */
@Command(
    name = "input",
    mixinStandardHelpOptions = true,
    description = {
      "Time how fast the built-in data is prepared, read and batched, and how fast a model trains"
          + " on it."
    })
final class BenchInputCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private BenchModelOptions bench;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Rows to prepare. Default: ${DEFAULT-VALUE}.")
  private long rows;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Number of repetitions after a first one that does not count. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Override
  public Integer call() throws IOException {
    if (rounds < 1) {
      throw new InvalidInputException("--rounds is " + rounds + ", expected at least 1");
    }
    bench.check();
    SyntheticOptions data = new SyntheticOptions(rows, bench.seed);
    Benchmarks benchmarks = new Benchmarks(bench.options(runtime.compute()));
    PrintWriter out = spec.commandLine().getOut();
    BenchModelOptions.print(benchmarks.input(data, runtime.duckDb(), rounds), output.json, out);
    out.flush();
    return ScenerankCommand.GOOD;
  }
}
