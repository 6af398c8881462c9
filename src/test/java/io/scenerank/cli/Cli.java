package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.model.Models;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import picocli.CommandLine;

/** Runs commands in this JVM. */
public final class Cli {
  private Cli() {}

  public static Outcome run(Object... args) {
    return run(ScenerankCommand.commandLine(), args);
  }

  /** Runs a command whose {@code compare} knows these models. */
  public static Outcome run(Models models, Object... args) {
    CommandLine command = ScenerankCommand.commandLine();
    command.getCommandSpec().removeSubcommand("compare");
    return run(command.addSubcommand(new CompareCommand(models)), args);
  }

  private static Outcome run(CommandLine command, Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code = command.execute(Arrays.stream(args).map(Object::toString).toArray(String[]::new));
    command.getOut().flush();
    command.getErr().flush();
    return new Outcome(code, out.toString(), err.toString());
  }

  /** Runs a command that must succeed. */
  public static Outcome good(Object... args) {
    Outcome outcome = run(args);
    assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    return outcome;
  }

  /** Runs a command whose input is wrong: exit code 2 and one line, nothing on standard output. */
  public static void invalid(String message, Object... args) {
    Outcome outcome = run(args);
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.errLines()).as("%s", outcome).hasSize(1);
    requireReadable(outcome, message);
  }

  /** Runs a command that is used wrongly: exit code 2, one line and where to find help. */
  public static void misused(String message, Object... args) {
    Outcome outcome = run(args);
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(outcome.errLines()).as("%s", outcome).hasSize(2);
    assertThat(outcome.errLines().get(1)).startsWith("Try 'scenerank").endsWith(" --help'.");
    requireReadable(outcome, message);
  }

  static void requireReadable(Outcome outcome, String message) {
    assertThat(outcome.errLines().get(0)).startsWith("scenerank: ").contains(message);
    assertThat(outcome.err()).doesNotContain("Exception").doesNotContain("at io.scenerank");
    assertThat(outcome.out()).as("standard output").isEmpty();
  }
}
