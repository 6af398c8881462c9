package io.scenerank.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Options of the commands that train one model into a run folder, and how they do it. */
final class TrainedRunOptions {
  @Option(
      names = "--out",
      paramLabel = "RUN",
      description = "The run folder. Default: runs/MODEL-DATE-TIME.")
  private Path out;

  @Option(
      names = "--force",
      description = "Replace the run folder if it exists, once the new run has succeeded.")
  private boolean force;

  /**
   * Trains into the folder and prints what the run came to.
   *
   * @param command writes the report and, without a terminal, the progress
   * @param json whether the report is one JSON object
   */
  void run(RunPipeline.Request request, CommandLine command, boolean json) throws IOException {
    OutputFolder folder = OutputFolder.of(Optional.ofNullable(out), request.start().model(), force);
    RunReport report;
    try (Progress progress = RuntimeOptions.progress(command.getErr())) {
      report = new RunPipeline(request, progress).run(folder);
    }
    PrintWriter stdout = command.getOut();
    stdout.print(json ? report.toJson() : report.toText());
    stdout.flush();
  }
}
