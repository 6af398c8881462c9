package io.scenerank.cli;

import io.scenerank.data.ParquetScores;
import io.scenerank.data.RowFormat;
import io.scenerank.data.RowSource;
import io.scenerank.data.StreamedRows;
import io.scenerank.feature.ConfigMapper;
import io.scenerank.feature.InvalidInputException;
import io.scenerank.savedmodel.RowScorer;
import io.scenerank.savedmodel.SavedModelPredictor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
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

/** Scores the rows of a Parquet file. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = {
      "Score the rows of a Parquet file of encoded features: one integer column a sparse feature,",
      "a list a sequence. Writes one FLOAT column a task."
    })
final class PredictCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;

  @Parameters(paramLabel = "MODEL", description = "A run folder or a SavedModel.")
  private Path model;

  @Option(names = "--input", required = true, paramLabel = "FILE", description = "Parquet in.")
  private Path input;

  @Option(names = "--output", required = true, paramLabel = "FILE", description = "Parquet out.")
  private Path out;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Rows a call. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(names = "--force", description = "Replace the output file if it exists.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    if (batchSize < 1) {
      throw new InvalidInputException("--batch-size is " + batchSize + ", expected at least 1");
    }
    if (!force && Files.exists(out)) {
      throw new InvalidInputException(out + ": exists already; replace it with --force");
    }
    if (Files.isDirectory(out)) {
      throw new InvalidInputException(out + ": is a folder, expected a file");
    }
    if (Files.exists(out) && Files.exists(input) && Files.isSameFile(input, out)) {
      throw new InvalidInputException(out + ": is the input, which --force would replace");
    }
    PrintWriter stdout = spec.commandLine().getOut();
    Path savedModel = RunFolder.savedModel(model);
    try (Progress progress = RuntimeOptions.progress(spec.commandLine().getErr());
        SavedModelPredictor predictor =
            SavedModelPredictor.load(
                savedModel, SavedModelPredictor.SERVING_DEFAULT, runtime.threads())) {
      RowSource rows = StreamedRows.open(input, RowFormat.features(RowScorer.layout(predictor)));
      RowScorer scorer = new RowScorer(predictor, batchSize);
      progress.start();
      float[][] scores =
          scorer.score(rows, done -> progress.update("predict", done, rows.size(), "rows"));
      ParquetScores.write(out, scorer.outputs(), scores);
      if (output.json) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("model", savedModel.toString());
        result.put("rows", rows.size());
        result.put("outputs", scorer.outputs());
        result.put("output", out.toString());
        stdout.println(new ConfigMapper().toJson(result));
      } else {
        stdout.printf("%,d rows scored: %s%n", rows.size(), out);
      }
      stdout.flush();
    }
    return ScenerankCommand.GOOD;
  }
}
