package io.scenerank.cli;

import io.scenerank.keras.KerasModel;
import io.scenerank.keras.KerasModels;
import io.scenerank.model.Models;
import io.scenerank.run.RunFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes a model that Keras trained into a run folder. */
@Command(
    name = "import-keras",
    mixinStandardHelpOptions = true,
    description = {
      "Read a model that Keras trained, without Python: a .keras, .weights.h5, .weights.json with"
          + " its shards, .h5, SavedModel or checkpoint of Keras 2 or 3. The run folder can be"
          + " evaluated, trained on and exported."
    })
final class ImportKerasCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private TrustOptions trust;

  @Parameters(
      paramLabel = "SOURCE",
      description = "The file, or the folder of a SavedModel, a checkpoint or an unpacked .keras.")
  private Path source;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "YAML with model, model_params and feature_columns: for one of the library's own models"
            + " whose source does not describe it, which are weights alone and SavedModels of Keras"
            + " 3."
      })
  private @Nullable Path config;

  @Option(
      names = {"--model", "--model-json"},
      paramLabel = "FILE",
      description = {
        "The text of model.to_json(), or a .keras or whole .h5 of the model: for weights alone,"
            + " checkpoints, and SavedModels of Keras 3. Default: NAME.json or NAME.keras next to"
            + " NAME.weights.h5, NAME.h5, NAME.index or the folder NAME, or else model.json next to"
            + " or in it, if it exists."
      })
  private @Nullable Path modelJson;

  @Option(
      names = "--check",
      arity = "2",
      paramLabel = "FILE",
      description = {
        "Two .npz of numpy: inputs by feature and the scores of Keras by task. The import is"
            + " refused if a score differs by more than 1e-5."
      })
  private @Nullable List<Path> check;

  @Option(
      names = "--out",
      paramLabel = "RUN",
      description = "The run folder. Default: runs/keras-DATE-TIME.")
  private @Nullable Path out;

  @Option(
      names = "--force",
      description = "Replace the run folder if it exists, once the import has succeeded.")
  private boolean force;

  private KerasModels.Given given() {
    KerasModels.Given given =
        KerasModels.Given.of(Optional.ofNullable(config), Optional.ofNullable(modelJson));
    return check == null ? given : given.withScores(check.get(0), check.get(1));
  }

  @Override
  public Integer call() throws IOException {
    RunFolder folder = RunFolder.of(Optional.ofNullable(out), "keras", force);
    folder.requireFree(source);
    RuntimeOptions.Compute compute = runtime.compute();
    KerasModel model =
        new KerasModels(Models.standard(), compute.threads(), trust.trust()).read(source, given());
    PrintWriter err = spec.commandLine().getErr();
    model.warnings().forEach(warning -> err.println("scenerank: warning: " + warning));
    err.flush();
    folder.write(temp -> model.writeRun(temp, compute.device(), compute.threads()));
    ImportReport report = new ImportReport(model, folder.path());
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(output.json ? report.toJson() : report.toText());
    stdout.flush();
    return ScenerankCommand.GOOD;
  }
}
