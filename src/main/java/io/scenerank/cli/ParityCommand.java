package io.scenerank.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import io.scenerank.parity.ParityCheck;
import io.scenerank.run.text.ErrorText;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares Java with the numbers that Keras wrote into case files. */
@Command(
    name = "parity",
    mixinStandardHelpOptions = true,
    description = {
      "Run parity cases and show the largest difference of every tensor.",
      "Exit code: 0 all within tolerance, 1 one is not, 2 a case cannot be read. The command names"
          + " each case that cannot be read and runs the others."
    })
final class ParityCommand implements Callable<Integer> {
  private static final String KERAS = ".keras";
  private static final String MODEL_ENDING = "(\\.weights)?\\.(keras|h5|json|index)$";

  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;

  @Parameters(
      arity = "1..*",
      paramLabel = "CASE",
      description =
          "HDF5 case files, or files and folders of any Keras models with what was recorded of"
              + " them.")
  private List<Path> cases;

  @Option(
      names = "--cases",
      paramLabel = "FILE",
      description =
          "What record.py recorded of the model. Default: NAME.cases.h5 next to NAME.keras,"
              + " NAME.h5, NAME.weights.h5, NAME.weights.json, NAME.index or the folder NAME.")
  private @Nullable Path recorded;

  @Option(
      names = "--tolerance",
      paramLabel = "T",
      description =
          "Allowed difference, |a - e| <= T (1 + |e|), for every tensor. Default: 1e-6 for"
              + " outputs, 1e-5 for gradients and losses, 1e-4 for variables after training steps."
              + " First values from seeds must always be the same.")
  private @Nullable Double tolerance;

  @Override
  public Integer call() {
    if (tolerance != null && !(tolerance >= 0)) {
      throw new InvalidInputException("--tolerance is " + tolerance + ", expected 0 or more");
    }
    ParityCheck check =
        tolerance == null
            ? new ParityCheck(Models.standard())
            : new ParityCheck(Models.standard(), tolerance);
    List<ParityCheck.CaseResult> results = new ArrayList<>();
    Map<Path, InvalidInputException> unreadable = new LinkedHashMap<>();
    for (Path path : cases) {
      try {
        results.add(show(run(check, path)));
      } catch (InvalidInputException e) {
        unreadable.put(path, e);
        ErrorText.print(spec.commandLine().getErr(), e, output.verbose);
      }
    }
    if (!results.isEmpty()) {
      summarise(results, unreadable);
    }
    return exitCode(results, unreadable);
  }

  private ParityCheck.CaseResult run(ParityCheck check, Path path) {
    String name = path.getFileName().toString();
    Path beside = path.resolveSibling(name.replaceFirst(MODEL_ENDING, "") + ".cases.h5");
    if (recorded != null) {
      return check.run(path, recorded);
    }
    return name.endsWith(KERAS) || Files.isRegularFile(beside)
        ? check.run(path, beside)
        : check.run(path);
  }

  private ParityCheck.CaseResult show(ParityCheck.CaseResult result) {
    if (!output.json) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(result.toText());
      out.flush();
    }
    return result;
  }

  private void summarise(
      List<ParityCheck.CaseResult> results, Map<Path, InvalidInputException> unreadable) {
    PrintWriter out = spec.commandLine().getOut();
    if (output.json) {
      out.println(new ConfigMapper().toJson(toJson(results, unreadable)));
    } else {
      out.printf(
          Locale.ROOT,
          "%d of %d cases within tolerance%s%n",
          results.stream().filter(ParityCheck.CaseResult::passed).count(),
          results.size() + unreadable.size(),
          unreadable.isEmpty() ? "" : "; " + unreadable.size() + " cannot be read");
    }
    out.flush();
  }

  private static int exitCode(
      List<ParityCheck.CaseResult> results, Map<Path, InvalidInputException> unreadable) {
    if (!unreadable.isEmpty()) {
      return ScenerankCommand.BAD_INPUT;
    }
    boolean passed = results.stream().allMatch(ParityCheck.CaseResult::passed);
    return passed ? ScenerankCommand.GOOD : ScenerankCommand.FAILED;
  }

  private static ObjectNode toJson(
      List<ParityCheck.CaseResult> results, Map<Path, InvalidInputException> unreadable) {
    ConfigMapper mapper = new ConfigMapper();
    ObjectNode root = mapper.newObject();
    ArrayNode array = root.putArray("cases");
    results.forEach(result -> array.add(result.toJson()));
    unreadable.forEach(
        (path, error) ->
            array
                .addObject()
                .put("case", path.toString())
                .put("passed", false)
                .put("error", ErrorText.of(error)));
    root.put("passed", exitCode(results, unreadable) == ScenerankCommand.GOOD);
    return root;
  }
}
