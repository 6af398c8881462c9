package io.scenerank.cli;

import picocli.CommandLine.Command;

/** The benchmarks. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "WHAT",
    description = {
      "Time the library on this machine, on KuaiRand's columns with random ids, tables of width 8"
          + " and the models' default sizes.",
      "bin/bench compares with Keras."
    },
    subcommands = {
      BenchTrainingCommand.class,
      BenchInferenceCommand.class,
      BenchVocabularyCommand.class,
      BenchInputCommand.class,
    })
final class BenchCommand {}
