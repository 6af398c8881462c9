package io.scenerank.cli;

import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.export.onnx.OnnxExporter;
import io.scenerank.run.export.ExportFormat;
import io.scenerank.train.Loss.LossWeights;
import io.scenerank.train.experiment.SavedRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Exports the model of a run. */
@Command(
    name = "export",
    description = {
      "Export the model of a run folder with the values of its checkpoint.",
      "saved_model: OUT/VERSION/, for TF Serving, Python and Java; with --raw it takes raw values"
          + " too and encodes them.",
      "weights.h5, keras: a file for load_weights or load_model of Keras 3.",
      "h5: a file for load_weights of Keras 2 (tf-keras) and 3.",
      "onnx: a file for ONNX Runtime and what is built on it, of opset 17.",
      "embeddings: Parquet of value, id and vector of the table that --table names."
    })
final class ExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private EncodingOptions encoding;

  // The standard options would take --version for the program's.
  @SuppressWarnings("UnusedVariable") // picocli prints the help
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  private boolean help;

  @Parameters(paramLabel = "RUN", description = "A run folder.")
  private Path run;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      completionCandidates = FormatNames.class,
      description = "${COMPLETION-CANDIDATES}")
  private String format;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "PATH",
      description = "The file to write; for a saved_model, the folder of its versions.")
  private Path out;

  @Option(
      names = "--version",
      paramLabel = "N",
      description =
          "Version of a saved_model. Default: the highest version in the folder plus one, or 1.")
  private @Nullable Integer version;

  @Option(
      names = "--raw",
      description = {
        "Give a saved_model the signature raw, which takes raw values and encodes them like the"
            + " training rows of the run."
      })
  private boolean raw;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "The prepared data set whose encoding or vocabularies --raw takes. Default: those of"
              + " RUN.")
  private @Nullable Path data;

  @Option(
      names = "--table",
      paramLabel = "NAME",
      description =
          "The table of embeddings: a column, the table that it shares with others, or a layer such"
              + " as linear/video_id.")
  private @Nullable String table;

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = {
        "The inputs of an onnx: packed, all ids in one matrix and all dense values in another, or"
            + " named, one input for each feature. Default: packed; of a model that reads texts,"
            + " named."
      })
  private @Nullable String signature;

  @Option(names = "--force", description = "Replace the file or version if it exists.")
  private boolean force;

  /** The names that the help lists. */
  static final class FormatNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return ExportFormat.names().iterator();
    }
  }

  @Override
  public Integer call() throws IOException {
    ExportFormat chosen = ExportFormat.parse(format);
    SavedRun saved = SavedRun.open(run);
    List<String> unchecked = new ArrayList<>();
    ExportFormat.Target target =
        new ExportFormat.Target(
            out,
            Optional.ofNullable(version),
            raw(unchecked::add),
            force,
            Optional.ofNullable(table),
            Optional.ofNullable(signature).map(OnnxExporter.Signature::parse));
    Path written = chosen.write(saved, target);
    LossWeights weights = saved.experiment().training().lossWeights();
    if (chosen == ExportFormat.KERAS && weights.areLearned()) {
      unchecked.add(
          "Keras has no "
              + weights.text()
              + ": loss_weights of the file are the last ones that were learned, and stay as they"
              + " are");
    }
    PrintWriter stderr = spec.commandLine().getErr();
    unchecked.forEach(stderr::println);
    stderr.flush();
    String model = saved.experiment().definition().type().name();
    PrintWriter stdout = spec.commandLine().getOut();
    if (output.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("model", model);
      json.put("run", run.toString());
      json.put("format", chosen.toString());
      json.put("output", written.toString());
      stdout.println(new ConfigMapper().toJson(json));
    } else {
      stdout.printf("%s of %s exported: %s%n", model, run, written);
    }
    stdout.flush();
    return ScenerankCommand.GOOD;
  }

  private Optional<ExportFormat.Raw> raw(Consumer<String> lines) {
    if (!raw && data != null) {
      throw new InvalidInputException("--data is given without --raw; it is for --raw only");
    }
    return raw
        ? Optional.of(new ExportFormat.Raw(Optional.ofNullable(data), encoding.check(lines)))
        : Optional.empty();
  }
}
