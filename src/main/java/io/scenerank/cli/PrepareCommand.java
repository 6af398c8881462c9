package io.scenerank.cli;

import com.google.common.collect.ImmutableSet;
import io.scenerank.data.synthetic.SyntheticOptions;
import io.scenerank.data.synthetic.SyntheticSource;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.feature.Nearest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a prepared data set. */
@Command(
    name = "prepare",
    mixinStandardHelpOptions = true,
    description = "Write a prepared data set: schema.json, train.parquet, test.parquet.")
final class PrepareCommand implements Callable<Integer> {
  private static final ImmutableSet<String> SOURCES = ImmutableSet.of("synthetic");

  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;

  @Parameters(paramLabel = "SOURCE", description = "synthetic: the built-in data.")
  private String source;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "The folder.")
  private Path out;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Rows, training and test together. Default: ${DEFAULT-VALUE}.")
  private long rows;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of the data. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--force", description = "Replace the folder if it exists.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    if (!SOURCES.contains(source)) {
      throw new InvalidInputException(
          "source '" + source + "' is unknown" + Nearest.hint(source, SOURCES));
    }
    PrintWriter stdout = spec.commandLine().getOut();
    SyntheticSource synthetic = new SyntheticSource(new SyntheticOptions(rows, seed));
    long begin = System.nanoTime();
    try (Progress progress = RuntimeOptions.progress(spec.commandLine().getErr())) {
      synthetic.write(out, force, done -> progress.update("data", done, rows, "rows"));
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (output.json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("out", out.toString());
      result.put("rows", rows);
      result.put("seed", seed);
      result.put("rows_per_second", Math.round(rows / seconds));
      stdout.println(new ConfigMapper().toJson(result));
    } else {
      stdout.printf("%,d rows in %.1f s: %s%n", rows, seconds, out);
    }
    stdout.flush();
    return ScenerankCommand.GOOD;
  }
}
