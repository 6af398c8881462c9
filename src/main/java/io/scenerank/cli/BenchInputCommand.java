package io.scenerank.cli;

import io.scenerank.bench.InputBench;
import io.scenerank.bench.InputSpeed;
import io.scenerank.bench.TempFolder;
import io.scenerank.bench.TrainingSteps;
import io.scenerank.bench.WarmUp;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.synthetic.SyntheticOptions;
import io.scenerank.eval.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
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
      "Time how fast the built-in data is prepared, read and batched, beside how fast a model"
          + " trains on it."
    })
final class BenchInputCommand implements Callable<Integer> {
  private static final int ROWS = 20480;

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
      description = "How often, after a first time that does not count. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Override
  public Integer call() throws IOException {
    if (rounds < 1) {
      throw new InvalidInputException("--rounds is " + rounds + ", expected at least 1");
    }
    double seconds = bench.seconds();
    SyntheticOptions data = new SyntheticOptions(rows, bench.seed);
    WarmUp warmUp = bench.warmUp();
    RuntimeOptions.Compute compute = runtime.compute();
    TrainingSteps.Options options = bench.steps(ROWS, compute);
    PrintWriter out = spec.commandLine().getOut();
    try (TempFolder temp = new TempFolder();
        TrainingSteps training =
            new TrainingSteps(bench.type().name(), bench.definition(), options)) {
      warmUp.run(training);
      InputSpeed speed =
          new InputBench(data, runtime.duckDb(), training, seconds).measure(rounds, temp.path());
      if (output.json) {
        out.println(new ConfigMapper().toJson(speed));
      } else {
        print(speed, out);
      }
    }
    out.flush();
    return ScenerankCommand.GOOD;
  }

  private static void print(InputSpeed speed, PrintWriter out) {
    TextTable table = TextTable.withHeader("what", "rows/s", "to training");
    table = row(table, "synthetic prepare", speed.prepare(), speed);
    table = row(table, "reading a prepared set", speed.read(), speed);
    table = row(table, "batches", speed.batch(), speed);
    out.print(row(table, "training", speed.train(), speed).render());
  }

  private static TextTable row(TextTable table, String what, double rate, InputSpeed speed) {
    return table.plus(
        what,
        String.format(Locale.ROOT, "%,.0f", rate),
        String.format(Locale.ROOT, "%.1f", rate / speed.train()));
  }
}
