package io.scenerank.cli;

import io.scenerank.keras.Inspector;
import io.scenerank.keras.Inspector.Inspection;
import io.scenerank.run.RunFolder;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what is inside a model's file or folder. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Show signatures, layers, variables, versions and optimizer of a .keras, .weights.h5 or .h5,"
          + " a checkpoint, a SavedModel or a run folder, without running it."
    })
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;

  @Parameters(paramLabel = "PATH", description = "The file or folder.")
  private Path path;

  @Override
  public Integer call() throws IOException {
    boolean folder =
        Files.isDirectory(path)
            && !Files.isRegularFile(path.resolve(SavedRun.CONFIG))
            && !Inspector.isKerasFolder(path);
    Inspection inspection = new Inspector().inspect(folder ? RunFolder.savedModel(path) : path);
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(
        output.json
            ? new InspectionJson(inspection).render()
            : new InspectionTables(inspection).render());
    stdout.flush();
    return ScenerankCommand.GOOD;
  }
}
