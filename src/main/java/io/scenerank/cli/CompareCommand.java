package io.scenerank.cli;

import com.google.common.primitives.Longs;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import io.scenerank.run.CompareRequest;
import io.scenerank.run.Comparison;
import io.scenerank.run.Runs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The main job for several models and seeds, and one table of what they reach. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Train models with several seeds on the same data, as run does, and compare them in one"
          + " table: mean and sample standard deviation over the seeds, the best marked.",
      "On the built-in data, generated once, unless --data names a prepared data set.",
      "A model that fails shows its error in its row and does not stop the others.",
      " --set KEY=VALUE applies to every model that has the key (every model has the keys of"
          + " training). --set MODEL.KEY=VALUE applies to that model only and overrides --set"
          + " KEY=VALUE.",
      "--config: training applies to every model; model_params and feature_columns apply to the"
          + " model that the file names, which must be compared. A file without 'model' may have"
          + " them only if one model is compared.",
      " Exit code: 0 all models are trained, 1 one has failed, 2 usage or input is wrong."
    })
final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private DataOptions data;
  @Mixin private SettingOptions setting;

  private final Models models;

  @Parameters(
      arity = "1..*",
      paramLabel = "MODEL",
      completionCandidates = ModelNames.class,
      description = "Models to compare: ${COMPLETION-CANDIDATES}.")
  private List<String> names;

  @Option(
      names = "--seeds",
      paramLabel = "S,S,...",
      defaultValue = "1,2,3",
      description =
          "Seeds of initialisers, dropout and shuffling, one run for each; the built-in data stays"
              + " the same. Default: ${DEFAULT-VALUE}.")
  private String seeds;

  @Option(names = "--markdown", description = "Print the tables in Markdown.")
  private boolean markdown;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The folder of all runs. Default: runs/compare-DATE-TIME.")
  private @Nullable Path out;

  @Option(
      names = "--force",
      description = "Replace the folder if it exists, once the new one is complete.")
  private boolean force;

  CompareCommand() {
    this(Models.standard());
  }

  /**
   * @param models the registry in which models are looked up
   */
  CompareCommand(Models models) {
    this.models = models;
  }

  /** The names that the help lists. */
  static final class ModelNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Models.standard().names().iterator();
    }
  }

  @Override
  public Integer call() throws IOException {
    if (output.json && markdown) {
      throw new InvalidInputException("--json and --markdown exclude each other");
    }
    CompareRequest request =
        setting
            .to(data.request(names), runtime, spec.commandLine())
            .withSeeds(Longs.toArray(Seeds.parse(seeds)))
            .withStackTraces(output.verbose)
            .withForce(force);
    Comparison comparison = compare(out == null ? request : request.withOut(out));
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(
        output.json
            ? comparison.toJson()
            : markdown ? comparison.toMarkdown() : comparison.toText());
    stdout.flush();
    return comparison.succeeded() ? ScenerankCommand.GOOD : ScenerankCommand.FAILED;
  }

  private Comparison compare(CompareRequest request) throws IOException {
    try (ConsoleProgress progress = RuntimeOptions.progress(spec.commandLine().getErr())) {
      return Runs.standard().models(models).listener(progress).compare(request);
    }
  }
}
