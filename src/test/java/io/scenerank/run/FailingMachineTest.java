package io.scenerank.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.scenerank.cli.ScenerankCommand;
import io.scenerank.run.text.ErrorText;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the machine refuses is one line with the reason and what to do, and exit code 2. */
@Tag("slow")
class FailingMachineTest {
  @TempDir private Path temp;

  /** {@code devices}, the quickest command that needs TensorFlow, in a JVM with these options. */
  private Outcome devices(String... options) throws Exception {
    return run(List.of(options), "devices");
  }

  private Outcome run(List<String> options, String... arguments) throws Exception {
    List<String> command =
        ChildProcess.java(ChildProcess.classpath(), ScenerankCommand.class.getName(), arguments);
    return ChildProcess.run(
        temp,
        ImmutableList.<String>builder()
            .add(command.get(0))
            .addAll(options)
            .addAll(command.subList(1, command.size()))
            .build());
  }

  private static void requireLine(Outcome outcome, String... parts) {
    assertThat(outcome.exitCode()).as("%s", outcome).isEqualTo(ScenerankCommand.BAD_INPUT);
    List<String> lines =
        outcome.errLines().stream().filter(line -> line.startsWith("scenerank: ")).toList();
    assertThat(lines).as("%s", outcome).hasSize(1);
    assertThat(lines.get(0)).contains(parts).doesNotContain("internal error");
  }

  @Test
  void neitherHomeNorTemporaryFolderCanBeWritten() throws Exception {
    Path file = Files.writeString(temp.resolve("no-folder"), "");
    requireLine(
        devices("-Duser.home=" + file + "/home", "-Djava.io.tmpdir=" + file + "/tmp"),
        "TensorFlow's native library cannot be unpacked",
        "-Dorg.bytedeco.javacpp.cachedir");
  }

  @Test
  void duckDbsLibraryCannotBeUnpacked() throws Exception {
    Path file = Files.writeString(temp.resolve("no-folder"), "");
    Outcome outcome =
        run(
            List.of("-Djava.io.tmpdir=" + file + "/tmp"),
            "prepare",
            "synthetic",
            "--rows",
            "100",
            "--out",
            temp.resolve("data").toString());
    requireLine(
        outcome,
        "DuckDB's native library cannot be unpacked into " + file + "/tmp",
        "-Djava.io.tmpdir");
    assertThat(outcome.err()).doesNotContain("\tat ");
    assertThat(temp.resolve("data")).doesNotExist();
  }

  @Test
  void aLimitOnNativeMemoryThatIsSetIsNamed() throws Exception {
    requireLine(
        devices("-Dorg.bytedeco.javacpp.maxphysicalbytes=30m"),
        "JavaCPP allows no more native memory (Physical memory usage is too high",
        "-Dorg.bytedeco.javacpp.maxphysicalbytes=0 removes this limit");
  }

  @Test
  void aSmallHeapLimitsNoNativeMemory() throws Exception {
    Outcome outcome = devices("-Xmx32m");
    assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    assertThat(outcome.out()).contains("CPU");
  }

  @Test
  void theReasonIsToldWhoeverWrapsIt() {
    IOException disk = new IOException("No space left on device");
    assertThat(ErrorText.of(new IOException("x.keras: Exception writing", disk)))
        .isEqualTo("x.keras: Exception writing (No space left on device)");
    assertThat(ErrorText.of(new IOException("cannot be written (No space left on device)", disk)))
        .as("once")
        .isEqualTo("cannot be written (No space left on device)");
    assertThat(ErrorText.of(new UncheckedIOException(disk))).isEqualTo("No space left on device");
    assertThat(ErrorText.isInput(new UncheckedIOException(disk))).isTrue();
    assertThat(ErrorText.of(new FileSystemException("a.csv", null, "Permission denied")))
        .isEqualTo("a.csv: Permission denied");
    assertThat(ErrorText.of(new IOException((String) null))).isNotNull();
    assertThat(ErrorText.isInput(new IllegalStateException(disk))).as("a fault of ours").isFalse();
    assertThat(ErrorText.of(new OutOfMemoryError("Java heap space")))
        .as("the heap is not limited by JavaCPP")
        .startsWith("internal error");
  }
}
