package io.scenerank.testing;

import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The text of docs/cli.md: every command and option, as picocli's model has them. */
public final class CommandLinePage {
  private static final String INTRODUCTION =
      """
      # Command line

      Every command with its arguments and options, generated from the program by
      `bin/docs`; `scenerank COMMAND --help` prints the same. `--help` and `--version` belong to
      every command. Exit codes are described under [The run folder](training.md#the-run-folder).

      | command | |
      | --- | --- |
      """;

  private CommandLinePage() {}

  /** The page of a program with commands. */
  public static String of(CommandLine program) {
    List<CommandLine> commands = new ArrayList<>();
    program
        .getSubcommands()
        .values()
        .forEach(
            command -> {
              commands.add(command);
              commands.addAll(command.getSubcommands().values());
            });
    return INTRODUCTION
        + commands.stream().map(CommandLinePage::summary).collect(Collectors.joining())
        + commands.stream().map(CommandLinePage::section).collect(Collectors.joining());
  }

  private static String summary(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    String name = spec.qualifiedName();
    String first = paragraphs(spec.usageMessage().description()).get(0);
    String sentence = first.replaceFirst("(?<=[a-z)])[.:] .*", ".");
    return "| [" + name + "](#" + name.replace(' ', '-') + ") | " + cell(sentence) + " |\n";
  }

  private static String section(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    StringBuilder section = new StringBuilder("\n## " + spec.qualifiedName() + "\n");
    for (String paragraph : paragraphs(spec.usageMessage().description())) {
      section.append('\n').append(line(paragraph)).append('\n');
    }
    List<String> rows =
        Stream.concat(
                spec.positionalParameters().stream().map(CommandLinePage::row),
                spec.options().stream()
                    .filter(option -> !option.hidden() && !isCommon(option))
                    .sorted((a, b) -> a.longestName().compareTo(b.longestName()))
                    .map(CommandLinePage::row))
            .toList();
    if (!rows.isEmpty()) {
      section.append("\n| argument | meaning |\n| --- | --- |\n").append(String.join("", rows));
    }
    for (String paragraph : paragraphs(spec.usageMessage().footer())) {
      section.append('\n').append(line(paragraph)).append('\n');
    }
    return section.toString();
  }

  /** Descriptions are paragraphs, some of them broken into lines. */
  private static List<String> paragraphs(String... lines) {
    String text = String.join("\n", lines).replace("%n", "\n");
    return Splitter.onPattern("(?<=[.:])\n+|\n\n+")
        .omitEmptyStrings()
        .splitToStream(text)
        .map(paragraph -> paragraph.replace('\n', ' '))
        .toList();
  }

  private static boolean isCommon(OptionSpec option) {
    return option.usageHelp() || option.versionHelp();
  }

  private static String row(PositionalParamSpec parameter) {
    return row("`" + parameter.paramLabel() + "`", parameter);
  }

  private static String row(OptionSpec option) {
    String value = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
    return row("`" + String.join("`, `", option.names()) + value + "`", option);
  }

  private static String row(String name, ArgSpec argument) {
    return "| " + name + " | " + cell(String.join(" ", argument.description())) + " |\n";
  }

  private static String cell(String text) {
    return line(text).replace("|", "\\|");
  }

  /** Picocli's descriptions are formats. */
  private static String line(String text) {
    return text.replace("%n", " ").replace("%%", "%").replace("<", "&lt;").strip();
  }
}
