package io.scenerank.cli;

import java.nio.file.Path;

/**
 * Every command that reads a data set or a run that somebody handed over.
 *
 * @param raw raw rows
 * @param out what the commands write that write
 */
record ReadingCommands(Path data, Path run, Path raw, Path out) {
  /** A command by a short name. */
  Object[] named(String name) {
    Object model = run.resolve("saved_model/1");
    return switch (name) {
      case "train" ->
          new Object[] {"train", "--data", data, "--model", "shared_bottom", "--out", out};
      case "run" -> new Object[] {"run", "shared_bottom", "--data", data, "--out", out};
      case "from" -> new Object[] {"train", "--from", run, "--data", data, "--out", out};
      case "evaluate" -> new Object[] {"evaluate", run, "--data", data};
      case "input" -> new Object[] {"evaluate", run, "--input", raw};
      case "predict" -> new Object[] {"predict", run, "--input", raw, "--output", out};
      case "export" -> new Object[] {"export", run, "--format", "saved_model", "--out", out};
      case "raw" -> new Object[] {"export", run, "--format", "saved_model", "--out", out, "--raw"};
      case "rawData" ->
          new Object[] {
            "export", run, "--format", "saved_model", "--out", out, "--raw", "--data", data
          };
      case "report" -> new Object[] {"report", run, "--out", out};
      case "measure" -> new Object[] {"report", run, "--data", data, "--out", out};
      case "prepare" -> new Object[] {"prepare", raw, "--encoding", run, "--out", out};
      case "prepareData" -> new Object[] {"prepare", raw, "--encoding", data, "--out", out};
      case "extend" -> new Object[] {"prepare", raw, "--extend", run, "--out", out};
      case "extendData" -> new Object[] {"prepare", raw, "--extend", data, "--out", out};
      case "inspect" -> new Object[] {"inspect", run};
      case "model" -> new Object[] {"evaluate", model, "--data", data};
      case "import" -> new Object[] {"import-keras", model, "--out", out};
      default -> throw new AssertionError(name);
    };
  }
}
