package io.scenerank.cli;

import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.PreparedDataset;
import io.scenerank.files.InnerPath;
import io.scenerank.report.RunMeasurement.RunNumbers;
import io.scenerank.report.RunReportFiles;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The page of a run that is there. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Write a run's report, one HTML file: curves of the training, tables, calibration and the"
          + " effect of the gates for each scenario.",
      "The report shows the numbers that the run measured, RUN/report.json. With --data, and for an"
          + " imported run, it shows numbers measured on the test rows of a prepared data set."
    })
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private EncodingOptions encoding;
  @Mixin private RankingOptions ranking;

  @Parameters(paramLabel = "RUN", description = "A run folder.")
  private Path run;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "A prepared data set whose test rows are measured.")
  private @Nullable Path data;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The page. Default: RUN/report.html; an existing file is replaced.")
  private @Nullable Path out;

  @Override
  public Integer call() throws IOException {
    SavedRun saved = SavedRun.open(run);
    RunReportFiles files = new RunReportFiles(run);
    Optional<RunNumbers> written = files.numbers();
    RunNumbers numbers =
        data == null && written.isPresent() && ranking.ranking().isEmpty()
            ? written.get()
            : measure(saved, written);
    Path page = out == null ? run.resolve(RunReportFiles.PAGE) : out;
    Path name = run.toAbsolutePath().normalize().getFileName();
    files.writePage(page, name == null ? run.toString() : name.toString(), numbers);
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.println(
        output.json ? new ConfigMapper().toJson(numbers) : "Report: " + page.toAbsolutePath());
    stdout.flush();
    return ScenerankCommand.GOOD;
  }

  private RunNumbers measure(SavedRun saved, Optional<RunNumbers> written) throws IOException {
    Path folder = data == null ? InnerPath.resolve(run, "data") : data;
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(
          data != null
              ? data + ": no such folder, expected a prepared data set"
              : run
                  + (written.isPresent() ? ": its data lies elsewhere" : ": has no report.json")
                  + "; name a prepared data set to measure, with --data");
    }
    try (ConsoleProgress progress = RuntimeOptions.progress(spec.commandLine().getErr())) {
      progress.line("measuring the test rows of " + folder);
      RunNumbers measured =
          encoding
              .check(progress::line)
              .measure(
                  saved,
                  PreparedDataset.open(folder, runtime.duckDb()),
                  runtime.device(),
                  runtime.threads(),
                  ranking.ranking());
      return measured.withTraining(written.map(RunNumbers::training));
    }
  }
}
