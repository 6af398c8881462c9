package io.scenerank.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import io.scenerank.parity.CaseResult;
import io.scenerank.parity.ParityCheck;
import io.scenerank.parity.TensorComparison;
import io.scenerank.parity.Tolerances;
import io.scenerank.run.text.ErrorText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
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
      "Exit code: 0 all within tolerance, 1 one is not, 2 a case cannot be read. A case that cannot"
          + " be read is named and the others run all the same."
    })
final class ParityCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;

  @Parameters(arity = "1..*", paramLabel = "CASE", description = "HDF5 case files.")
  private List<Path> cases;

  @Option(
      names = "--tolerance",
      paramLabel = "T",
      description =
          "Allowed difference, |a - e| <= T (1 + |e|), for every tensor. Default: 1e-6 for"
              + " outputs, 1e-5 for gradients and losses, 1e-4 for variables after training steps."
              + " First values from seeds must always be the same.")
  private Double tolerance;

  @Override
  public Integer call() {
    if (tolerance != null && !(tolerance >= 0)) {
      throw new InvalidInputException("--tolerance is " + tolerance + ", expected 0 or more");
    }
    Tolerances tolerances = tolerance == null ? Tolerances.defaults() : Tolerances.all(tolerance);
    ParityCheck check = new ParityCheck(Models.standard(), tolerances);
    List<CaseResult> results = new ArrayList<>();
    Map<Path, InvalidInputException> unreadable = new LinkedHashMap<>();
    for (Path path : cases) {
      try {
        results.add(show(check.run(path)));
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

  private CaseResult show(CaseResult result) {
    if (!output.json) {
      print(spec.commandLine().getOut(), result);
    }
    return result;
  }

  private void summarise(List<CaseResult> results, Map<Path, InvalidInputException> unreadable) {
    PrintWriter out = spec.commandLine().getOut();
    if (output.json) {
      out.println(new ConfigMapper().toJson(toJson(results, unreadable)));
    } else {
      out.printf(
          Locale.ROOT,
          "%d of %d cases within tolerance%s%n",
          results.stream().filter(CaseResult::passed).count(),
          results.size() + unreadable.size(),
          unreadable.isEmpty() ? "" : "; " + unreadable.size() + " cannot be read");
    }
    out.flush();
  }

  private static int exitCode(
      List<CaseResult> results, Map<Path, InvalidInputException> unreadable) {
    if (!unreadable.isEmpty()) {
      return ScenerankCommand.BAD_INPUT;
    }
    boolean passed = results.stream().allMatch(CaseResult::passed);
    return passed ? ScenerankCommand.GOOD : ScenerankCommand.FAILED;
  }

  private static void print(PrintWriter out, CaseResult result) {
    out.printf(
        "%s  %s %s  %s%n",
        result.passed() ? "ok    " : "FAILED", result.kind(), result.name(), result.path());
    for (TensorComparison tensor : result.tensors()) {
      out.printf(
          Locale.ROOT,
          "  %s %-60s max abs %.2e  max rel %.2e  at %s%s%n",
          tensor.passed() ? "ok    " : "FAILED",
          tensor.tensor(),
          tensor.maxAbs(),
          tensor.maxRel(),
          tensor.at(),
          tensor.passed()
              ? ""
              : String.format(
                  Locale.ROOT,
                  ": computed %s, expected %s, tolerance %.0e",
                  tensor.actual(),
                  tensor.expected(),
                  tensor.tolerance()));
    }
  }

  private static ObjectNode toJson(
      List<CaseResult> results, Map<Path, InvalidInputException> unreadable) {
    ConfigMapper mapper = new ConfigMapper();
    ObjectNode root = mapper.newObject();
    ArrayNode array = root.putArray("cases");
    for (CaseResult result : results) {
      ObjectNode node = array.addObject();
      node.put("case", result.path().toString());
      node.put("kind", result.kind());
      node.put("name", result.name());
      node.put("passed", result.passed());
      ArrayNode tensors = node.putArray("tensors");
      for (TensorComparison tensor : result.tensors()) {
        ObjectNode row = tensors.addObject();
        row.put("tensor", tensor.tensor());
        row.put("max_abs", tensor.maxAbs());
        row.put("max_rel", tensor.maxRel());
        tensor.at().forEach(row.withArray("at")::add);
        row.put("tolerance", tensor.tolerance());
        row.put("passed", tensor.passed());
      }
    }
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
