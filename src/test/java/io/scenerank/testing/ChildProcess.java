package io.scenerank.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Runs a program and keeps what it said. */
public final class ChildProcess {
  private static final int LONGEST = 120; // seconds, far beyond what any of them takes

  private ChildProcess() {}

  /** What a finished program left. */
  public record Outcome(int exitCode, String out, String err) {
    /** The lines of standard error that are not empty. */
    public List<String> errLines() {
      return err.lines().filter(line -> !line.isBlank()).toList();
    }
  }

  /** The command that starts a JVM with this class path and runs a main class. */
  public static List<String> java(String classpath, String mainClass, String... args) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                // Neither the counters' file nor a second compiler: the child is short-lived.
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classpath,
                mainClass));
    command.addAll(List.of(args));
    return command;
  }

  /** The class path of this test's JVM, for any working directory. */
  public static String classpath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The same command with a limit on the size of every file it writes, as on a full disk. */
  public static List<String> withFileLimit(int kibibytes, List<String> command) {
    List<String> limited =
        new ArrayList<>(List.of("bash", "-c", "ulimit -f \"$1\" && shift && exec \"$@\"", "bash"));
    limited.add(Integer.toString(kibibytes));
    limited.addAll(command);
    return limited;
  }

  /**
   * Runs a command to its end.
   *
   * @param folder the working directory, where the outputs are kept meanwhile
   */
  public static Outcome run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    return run(folder, command, LONGEST);
  }

  /**
   * Runs a command to its end.
   *
   * @param longest seconds after which it is taken for one that hangs
   */
  public static Outcome run(Path folder, List<String> command, int longest)
      throws IOException, InterruptedException {
    try (Running running = start(folder, command)) {
      return running.outcome(longest);
    }
  }

  /**
   * Starts a command.
   *
   * @param folder the working directory, where the outputs are kept meanwhile
   */
  public static Running start(Path folder, List<String> command) throws IOException {
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    // What starts the tests in the background may have it ignored, which children inherit.
    List<String> withInterrupt = new ArrayList<>(List.of("env", "--default-signal=INT"));
    withInterrupt.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(withInterrupt).directory(folder.toFile());
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "3");
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    return new Running(builder.start(), command, out, err);
  }

  /** A program that runs; {@link #close} kills it if it still does. */
  public record Running(Process process, List<String> command, Path out, Path err)
      implements AutoCloseable {

    /** Waits until it ends by itself. */
    public Outcome outcome() throws IOException, InterruptedException {
      return outcome(LONGEST);
    }

    /**
     * Waits until it ends by itself.
     *
     * @param longest seconds after which it is taken for one that hangs
     */
    public Outcome outcome(int longest) throws IOException, InterruptedException {
      assertThat(process.waitFor(longest, TimeUnit.SECONDS))
          .as("%s ends by itself; its errors: %s", command, read(err))
          .isTrue();
      return new Outcome(process.exitValue(), read(out), read(err));
    }

    /** Sends it a signal, {@code INT} for instance. */
    public void signal(String name) throws IOException, InterruptedException {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
      assertThat(kill.waitFor()).as("kill -%s", name).isZero();
    }

    @Override
    public void close() throws IOException {
      process.destroyForcibly();
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
