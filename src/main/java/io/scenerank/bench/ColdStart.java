package io.scenerank.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long a fresh JVM takes from its start to what it says first. */
final class ColdStart {
  private final List<String> command;

  /**
   * @param mainClass says a line once it has done what is timed
   * @param arguments of the main class
   */
  public ColdStart(String mainClass, List<String> arguments) {
    this.command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(arguments);
  }

  /**
   * Starts JVMs one after the other.
   *
   * @return seconds of each
   * @throws IllegalStateException if one ends silently
   */
  public DoubleSamples seconds(int times) throws IOException {
    DoubleSamples seconds = new DoubleSamples();
    for (int i = 0; i < times; i++) {
      seconds.add(once());
    }
    return seconds;
  }

  private double once() throws IOException {
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      if (out.readLine() == null) {
        throw new IllegalStateException("a JVM ended without a prediction: " + command);
      }
      return (System.nanoTime() - begin) / 1e9;
    } finally {
      process.destroy();
    }
  }
}
