package io.scenerank.cluster.local;

import io.scenerank.cluster.ClusterSpec.TaskId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Passes the lines of a process on, each with its name, until they end. */
final class TaskOutput implements Runnable {
  /** Notes of TensorFlow's native libraries, which no variable turns off. */
  private static final Pattern NOTE =
      Pattern.compile(
          "WARNING: All log messages before absl::InitializeLog"
              + "|[IW]\\d{4} [0-9:. ]+ +\\d+ [a-z_0-9]+\\.cc:\\d+\\]"
              + "|\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d+: [IW] "
              + "|E\\d{4} .* Unable to register cu[A-Z]+ factory");

  private final String prefix;
  private final InputStream in;
  private final Consumer<String> lines;

  TaskOutput(TaskId task, InputStream in, Consumer<String> lines) {
    this.prefix = "[" + task + "] ";
    this.in = in;
    this.lines = lines;
  }

  @Override
  public void run() {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!NOTE.matcher(line).lookingAt()) {
          lines.accept(prefix + line);
        }
      }
    } catch (IOException e) {
      // The process was killed, and its output with it.
    }
  }
}
