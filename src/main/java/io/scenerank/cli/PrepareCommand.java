package io.scenerank.cli;

import static java.util.Objects.requireNonNull;

import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.data.prepare.RawData;
import io.scenerank.data.prepare.SavedEncoding.NewRowsSplit;
import io.scenerank.data.synthetic.SyntheticSource;
import io.scenerank.data.synthetic.SyntheticSource.LogOptions;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import io.scenerank.run.PrepareRequest;
import io.scenerank.run.PrepareResult;
import io.scenerank.run.Runs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a prepared data set. */
@Command(
    name = "prepare",
    mixinStandardHelpOptions = true,
    description = {
      "Write a prepared data set: schema.json, train.parquet, test.parquet, and for your own files"
          + " vocab/ and encoding.json. --guess alone prints a first description of your files;"
          + " with --out it prepares them at once and keeps the description as DIR/prepare.yaml."
    })
final class PrepareCommand implements Callable<Integer> {
  private static final String SYNTHETIC = "synthetic";

  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;
  @Mixin private RuntimeOptions runtime;
  @Mixin private CsvOptions csv;

  @Parameters(
      paramLabel = "SOURCE",
      description = {
        "A CSV or Parquet file, a folder or a quoted glob of them (CSV also .gz or .zst); or"
            + " synthetic: the built-in data; or movielens-100k, kuairand-1k: public data, whose"
            + " raw files --from names."
      })
  private String source;

  @Option(names = "--out", paramLabel = "DIR", description = "The folder.")
  private @Nullable Path out;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML that describes your files: features, labels, scenario, user, split.")
  private @Nullable Path config;

  @Option(
      names = "--tables",
      paramLabel = "FOLDER",
      description = {
        "Another folder from which --config may join side tables, in addition to its own folder and"
            + " that of the files. May be given several times."
      })
  private List<Path> tables = new ArrayList<>();

  @Option(
      names = "--from",
      paramLabel = "FOLDER",
      description = "Raw files of movielens-100k or kuairand-1k.")
  private @Nullable Path from;

  @Option(names = "--guess", description = "Guess that description from the files.")
  private boolean guess;

  @Option(
      names = "--encoding",
      paramLabel = "RUN",
      description = {
        "A run, or a data set of prepare: encode the rows in the same way, with its labels,"
            + " vocabularies and bins, instead of --config or --guess."
      })
  private @Nullable Path encoding;

  @Option(
      names = "--extend",
      paramLabel = "RUN",
      description = {
        "A run, or a data set of prepare: encode the rows as with --encoding, and give ids to new"
            + " values of training rows that occurred min_count times on all days so far; what"
            + " 'evict' of the description names loses its id."
      })
  private @Nullable Path extend;

  @Option(
      names = "--refit-bins",
      description = "With --extend, fit the bins to the new training rows.")
  private boolean refitBins;

  @Option(
      names = "--day",
      paramLabel = "DATE",
      description = {
        "With --extend, the day of the rows, such as 2026-11-30, where no split by time tells it;"
            + " 'evict' counts by it. Default: a day after the last."
      })
  private @Nullable String day;

  @Option(
      names = "--split",
      paramLabel = "KIND",
      description = {
        "With --encoding and --extend, the rows for testing: described, as its description defines; random, one"
            + " in five; test, all of them. Default: described."
      })
  private @Nullable NewRowsSplit split;

  @Option(
      names = "--memory-limit",
      paramLabel = "SIZE",
      defaultValue = "",
      description = {
        "For your files: the most memory to use, for example 4GB; data beyond it is written to the"
            + " disk.",
        "Default: four fifths of the machine's."
      })
  private String memoryLimit;

  @Option(
      names = "--days",
      paramLabel = "N",
      description = {
        "With synthetic: write raw logs of so many days instead, DATE.parquet each, with new users"
            + " and items every day, and prepare.yaml, a description of them."
      })
  private @Nullable Integer days;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description =
          "Rows of the built-in data, training and test together; with --days, of each day."
              + " Default: 100000; of a day: 20000.")
  private @Nullable Long rows;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description =
          "Seed of the built-in data. Default: 1. For your own files, the YAML holds the seed of"
              + " the split.")
  private @Nullable Long seed;

  @Option(names = "--force", description = "Replace the folder if it exists.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    requireEncodingOptions();
    if (RawData.names().contains(source)) {
      named();
    } else {
      if (from != null) {
        throw new InvalidInputException(
            "--from is for " + String.join(" and ", RawData.names()) + ", not for " + source);
      }
      if (source.equals(SYNTHETIC)) {
        synthetic();
      } else {
        files();
      }
    }
    return ScenerankCommand.GOOD;
  }

  private void requireEncodingOptions() {
    if (encoding != null && extend != null) {
      throw new InvalidInputException(
          "--encoding and --extend exclude each other: --extend gives ids to new values, --encoding"
              + " gives them none");
    }
    if (split != null && encoding == null && extend == null) {
      throw new InvalidInputException(
          "--split is for rows that --encoding encodes or --extend adds; a description has the key"
              + " 'split'");
    }
    if ((refitBins || day != null) && extend == null) {
      throw new InvalidInputException("--refit-bins and --day are for rows that --extend adds");
    }
  }

  private Path requireOut() {
    if (out == null) {
      throw new ParameterException(spec.commandLine(), "Missing required option: '--out=DIR'");
    }
    return out;
  }

  private void named() throws IOException {
    requireNoSyntheticOptions();
    csv.requireNone("are for your own files; " + source + " is known");
    if (guess) {
      throw new InvalidInputException("--guess is for your own files; " + source + " is known");
    }
    if (from == null) {
      throw new InvalidInputException("--from FOLDER is missing, the raw files of " + source);
    }
    Path folder = from;
    if (encodesAsBefore()) {
      encode(() -> PrepareRequest.ofNamed(source, folder, requireOut()));
    } else {
      PrepareRequest request = PrepareRequest.ofNamed(source, folder, requireOut());
      prepare(config == null ? request : request.withConfig(config));
    }
  }

  private void files() throws IOException {
    requireNoSyntheticOptions();
    PrepareRequest.guessed(source, Path.of("")).requireFiles();
    if (encodesAsBefore()) {
      encode(() -> PrepareRequest.guessed(source, requireOut()));
      return;
    }
    if (guess == (config != null)) {
      throw new ParameterException(
          spec.commandLine(),
          guess
              ? "--config and --guess exclude each other"
              : "Missing how to read the files: --config=FILE, --guess for a first description, or"
                  + " --encoding=RUN or --extend=RUN");
    }
    if (config != null) {
      csv.requireNone(
          "are for --guess; write the keys 'delimiter', 'header: false' and 'names' into "
              + config);
    }
    if (guess && out == null) {
      try (ConsoleProgress progress = RuntimeOptions.progress(spec.commandLine().getErr())) {
        PrepareRequest request = PrepareRequest.guessed(source, Path.of(""));
        print(Runs.standard().listener(progress).guess(common(request)));
      }
      return;
    }
    prepare(
        config == null
            ? PrepareRequest.guessed(source, requireOut())
            : PrepareRequest.of(source, config, requireOut()));
  }

  private PrepareRequest common(PrepareRequest request) {
    return request
        .withCsv(csv.description())
        .withTables(tables)
        .withForce(force)
        .withThreads(runtime.threads())
        .withMemoryLimit(memoryLimit);
  }

  private void print(String text) {
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(text);
    stdout.flush();
  }

  private void requireNoSyntheticOptions() {
    if (rows != null || seed != null || days != null) {
      throw new InvalidInputException(
          "--rows, --seed and --days are for the built-in data; the YAML holds the seed of a split");
    }
  }

  private void prepare(PrepareRequest request) throws IOException {
    try (ConsoleProgress progress = RuntimeOptions.progress(spec.commandLine().getErr())) {
      PrepareResult result = Runs.standard().listener(progress).prepare(common(request));
      print(output.json ? result.toJson() : result.toText());
    }
  }

  private boolean encodesAsBefore() {
    return encoding != null || extend != null;
  }

  private void encode(Supplier<PrepareRequest> request) throws IOException {
    String option = extend == null ? "--encoding" : "--extend";
    if (config != null || guess) {
      throw new InvalidInputException(
          option + " has its own description: leave out --config and --guess");
    }
    csv.requireNone("are for --guess; the description of " + option + " contains them");
    NewRowsSplit rows = split == null ? NewRowsSplit.DESCRIBED : split;
    if (extend == null) {
      prepare(request.get().withEncoding(requireNonNull(encoding), rows));
      return;
    }
    PrepareRequest extension = request.get().withExtension(extend, rows).withRefitBins(refitBins);
    prepare(day == null ? extension : extension.withDay(date(day)));
  }

  private static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new InvalidInputException(
          "--day is '" + text + "', expected a date such as 2026-11-30", e);
    }
  }

  private void logs(int number) throws IOException {
    LogOptions options =
        new LogOptions(
            number,
            rows == null ? LogOptions.ROWS : rows,
            seed == null ? SyntheticOptions.DEFAULT.seed() : seed);
    Path folder = requireOut();
    try (ConsoleProgress progress = RuntimeOptions.progress(spec.commandLine().getErr())) {
      SyntheticSource.writeLogs(
          folder,
          force,
          options,
          done -> progress.update("logs", done, number * options.rows(), "rows"));
    }
    print(
        output.json
            ? new ConfigMapper()
                    .toJson(
                        Map.of("out", folder.toString(), "days", number, "rows", options.rows()))
                + System.lineSeparator()
            : String.format(
                Locale.ROOT,
                "%s: raw logs of %d days, %,d rows each%n",
                folder,
                number,
                options.rows()));
  }

  private void synthetic() throws IOException {
    csv.requireNone("are for your own files, not for the built-in data");
    if (config != null || guess || encodesAsBefore() || !memoryLimit.isEmpty()) {
      throw new InvalidInputException(
          "--config, --guess, --encoding, --extend and --memory-limit are for your own files, not"
              + " for the built-in data");
    }
    if (days != null) {
      logs(days);
      return;
    }
    PrintWriter stdout = spec.commandLine().getOut();
    SyntheticOptions options =
        new SyntheticOptions(
            rows == null ? SyntheticOptions.DEFAULT.rows() : rows,
            seed == null ? SyntheticOptions.DEFAULT.seed() : seed);
    Path folder = requireOut();
    long begin = System.nanoTime();
    try (ConsoleProgress progress = RuntimeOptions.progress(spec.commandLine().getErr())) {
      new SyntheticSource(options)
          .write(folder, force, done -> progress.update("data", done, options.rows(), "rows"));
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (output.json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("out", folder.toString());
      result.put("rows", options.rows());
      result.put("seed", options.seed());
      result.put("rows_per_second", Math.round(options.rows() / seconds));
      stdout.println(new ConfigMapper().toJson(result));
    } else {
      stdout.printf(Locale.ROOT, "%,d rows in %.1f s: %s%n", options.rows(), seconds, folder);
    }
    stdout.flush();
  }
}
