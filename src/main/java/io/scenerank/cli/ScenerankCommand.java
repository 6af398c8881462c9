package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import io.scenerank.cli.serve.ServeCommand;
import io.scenerank.config.SpellingHint;
import io.scenerank.run.text.ErrorText;
import io.scenerank.variable.TensorFlowErrors;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code scenerank}. */
@Command(
    name = "scenerank",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Dynamic-weight, multi-scenario, multi-task ranking models on TensorFlow Java.",
    subcommands = {
      RunCommand.class,
      TrainCommand.class,
      CompareCommand.class,
      PrepareCommand.class,
      PredictCommand.class,
      ServeCommand.class,
      EvaluateCommand.class,
      ReportCommand.class,
      ExplainCommand.class,
      ExportCommand.class,
      ImportKerasCommand.class,
      InspectCommand.class,
      ParityCommand.class,
      DevicesCommand.class,
      BenchCommand.class,
    })
public final class ScenerankCommand {
  /** Everything went well. */
  static final int GOOD = 0;

  /** The requested check failed. */
  static final int FAILED = 1;

  /** Bad usage or input. */
  public static final int BAD_INPUT = 2;

  /** A fault of the program. */
  static final int INTERNAL_ERROR = 3;

  public static void main(String[] args) {
    TensorFlowErrors.liftMemoryLimits();
    // Numbers and messages are the same in every country, and so is SQL that holds numbers.
    Locale.setDefault(Locale.ROOT);
    CommandLine command = commandLine().setOut(utf8(System.out)).setErr(utf8(System.err));
    System.exit(run(command, ImmutableList.copyOf(args)));
  }

  /**
   * A writer that flushes each line, in UTF-8 in any locale: without one, Java would write a
   * question mark for each character outside ASCII.
   */
  static PrintWriter utf8(OutputStream out) {
    return new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
  }

  private static int run(CommandLine command, ImmutableList<String> args) {
    Optional<String> problem = ErrorText.ofArguments(args);
    problem.ifPresent(text -> command.getErr().println("scenerank: " + text));
    return problem.isPresent() ? BAD_INPUT : command.execute(args.toArray(String[]::new));
  }

  /** The parser, with the exit codes and the one-line messages of this program. */
  public static CommandLine commandLine() {
    return new CommandLine(new ScenerankCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(ScenerankCommand::runLast)
        .setParameterExceptionHandler(ScenerankCommand::onBadUsage)
        .setExecutionExceptionHandler(ScenerankCommand::onException);
  }

  /** An Error, of memory or of a native library, ends like any other fault of the program. */
  private static int runLast(CommandLine.ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (Error e) {
      throw new ExecutionException(parsed.commandSpec().commandLine(), e.toString(), e);
    }
  }

  private static int onBadUsage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("scenerank: " + ErrorText.oneLine(e.getMessage()) + suggestion(e));
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return BAD_INPUT;
  }

  private static String suggestion(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      CommandLine command = e.getCommandLine();
      // Only the root has commands, and it has nothing else that could be missing.
      return command.getSubcommands().isEmpty()
          ? ""
          : "; known: " + String.join(", ", command.getSubcommands().keySet());
    }
    List<String> suggestions = unmatched.getSuggestions();
    if (suggestions.isEmpty()) {
      return "";
    }
    // Picocli puts '--set' before '--seeds' for '--seed'.
    String nearest =
        SpellingHint.to(unmatched.getUnmatched().get(0), suggestions).orElse(suggestions.get(0));
    return "; did you mean '" + nearest + "'?";
  }

  private static int onException(
      Exception thrown, CommandLine command, CommandLine.ParseResult parsed) {
    Throwable e =
        thrown instanceof ExecutionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    boolean verbose = parsed.originalArgs().stream().anyMatch(VERBOSE::contains);
    ErrorText.print(command.getErr(), e, verbose);
    return ErrorText.isInput(e) ? BAD_INPUT : INTERNAL_ERROR;
  }

  private static final ImmutableList<String> VERBOSE = ImmutableList.of("-v", "--verbose");
}
