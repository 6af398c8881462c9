package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Maps;
import com.google.common.primitives.Floats;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Running;
import io.scenerank.train.TrainingState.TrainedState;
import io.scenerank.train.experiment.SavedRun;
import io.scenerank.train.optimizer.AdamState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A small training in a JVM of its own, which something happens to. */
public final class InterruptedTraining {
  private static final String KEEP = "checkpoints.keep=";

  private InterruptedTraining() {}

  /** 5 steps an epoch, dropout on, a checkpoint every other step. */
  public static List<String> arguments(Path data, Path out, int epochs) {
    return Stream.concat(
            Stream.of("train", "--model", "pepnet", "--data", data, "--out", out),
            settings(epochs).stream())
        .map(Object::toString)
        .toList();
  }

  /** The options of such a training, besides model, data and folder. */
  static List<String> settings(int epochs) {
    return Stream.of(
            "--seed",
            5,
            "--epochs",
            epochs,
            "--batch-size",
            64,
            "--set",
            "pepnet_dnn_units=[8, 4]",
            "--set",
            "pepnet_dropout=0.3",
            "--set",
            "checkpoints.every_steps=2",
            "--set",
            KEEP + "1", // wherever a training is interrupted, it leaves the same files
            "--threads",
            1,
            "--device",
            "cpu")
        .map(Object::toString)
        .toList();
  }

  /** The same command, whose run keeps two checkpoints. */
  public static List<String> keepingTwo(List<String> arguments) {
    return arguments.stream().map(text -> text.equals(KEEP + "1") ? KEEP + "2" : text).toList();
  }

  public static List<String> resume(Path out) {
    return List.of("train", "--resume", "--out", out.toString());
  }

  /** Starts the command line in a JVM. */
  public static Running start(Path folder, List<String> arguments) throws IOException {
    return ChildProcess.start(
        folder,
        ChildProcess.java(
            ChildProcess.classpath(),
            ScenerankCommand.class.getName(),
            arguments.toArray(String[]::new)));
  }

  /** Waits until a training says that it begins. */
  public static void waitForTraining(Running child) throws Exception {
    while (!Files.readString(child.err()).contains(" rows to train on")) {
      if (!child.process().isAlive()) {
        throw new AssertionError("ended before its training: " + child.outcome());
      }
      Thread.sleep(5);
    }
  }

  /** Waits until a run has a checkpoint. */
  public static void waitForCheckpoint(Path run, Running child) throws Exception {
    while (checkpoints(run).isEmpty()) {
      if (!child.process().isAlive()) {
        throw new AssertionError("ended without a checkpoint: " + child.outcome());
      }
      Thread.sleep(5);
    }
  }

  /** Names of the checkpoints of a run that is written. */
  public static ImmutableList<String> checkpoints(Path run) throws IOException {
    Path folder = run.resolve("checkpoint");
    if (!Files.isDirectory(folder)) {
      return ImmutableList.of();
    }
    return RunCommandTest.children(folder).stream()
        .filter(name -> name.matches("epoch-\\d+(-step-\\d+)?"))
        .collect(ImmutableList.toImmutableList());
  }

  /** Every value that a finished run holds, the optimizer's too. */
  public static Map<String, List<Float>> values(Path run) throws IOException {
    TrainedState state = SavedRun.open(run).read();
    AdamState adam = state.adam().orElseThrow();
    Map<String, List<Float>> values =
        new HashMap<>(Maps.transformValues(state.weights(), v -> Floats.asList(v.values())));
    adam.m().forEach((path, value) -> values.put("m/" + path, Floats.asList(value.values())));
    adam.v().forEach((path, value) -> values.put("v/" + path, Floats.asList(value.values())));
    values.put("step", List.of((float) adam.step()));
    return values;
  }

  /**
   * Every file and folder below one, hidden ones too; except for TensorBoard's files, of which each
   * process that trains writes one with its time in the name.
   */
  public static List<String> all(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return new ArrayList<>(
          files
              .map(file -> folder.relativize(file).toString())
              .filter(file -> !file.startsWith("events/events.out.tfevents."))
              .sorted()
              .toList());
    }
  }
}
