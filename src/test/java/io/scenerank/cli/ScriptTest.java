package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.scenerank.testing.CaseEditor;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code bin/scenerank} itself. It builds its jar where that is missing or old, which no test
 * should wait for: then these tests are skipped, and {@link BadInputTest} holds the exit codes.
 */
class ScriptTest {
  private static final Path JAR = Path.of("target", "scenerank-cli.jar");

  @TempDir Path temp;

  @BeforeEach
  void theJarIsThereAndNew() throws IOException {
    assumeThat(JAR).as("bin/scenerank has built its jar").exists();
    assumeThat(Path.of("target", "scenerank-cli.args")).as("the jar is the script's").exists();
    try (Stream<Path> sources = Files.walk(Path.of("src", "main"))) {
      List<Path> newer =
          Stream.concat(Stream.of(Path.of("pom.xml")), sources)
              .filter(file -> file.toFile().lastModified() >= JAR.toFile().lastModified())
              .toList();
      assumeThat(newer).as("sources that bin/scenerank would build first").isEmpty();
    }
  }

  private Outcome script(Object... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(Path.of("bin", "scenerank").toAbsolutePath().toString()));
    Stream.of(args).map(Object::toString).forEach(command::add);
    return ChildProcess.run(temp, command);
  }

  @Test
  void exitCodesComeThrough() throws Exception {
    Path golden = CaseEditor.golden("gate_nu-odd").toAbsolutePath();
    Outcome good = script("parity", golden);
    assertThat(good.exitCode()).as("%s", good).isZero();
    assertThat(good.out()).endsWith(String.format("1 of 1 cases within tolerance%n"));
    assertThat(good.err()).as("TensorFlow's own notes are held back").isEmpty();
    Path wrong =
        CaseEditor.edit(
            golden, temp.resolve("a case.h5"), f -> ((float[][]) f.data("outputs/out"))[0][0]++);
    Outcome failed = script("parity", wrong);
    assertThat(failed.exitCode()).as("%s", failed).isEqualTo(ScenerankCommand.FAILED);
    assertThat(failed.out()).as("a name with a space stays whole").contains("a case.h5");
    Outcome bad = script("parity", temp.resolve("none.h5"));
    assertThat(bad.exitCode()).as("%s", bad).isEqualTo(ScenerankCommand.BAD_INPUT);
    assertThat(bad.errLines())
        .containsExactly("scenerank: " + temp.resolve("none.h5") + ": no such file");
  }

  @Test
  void relativePathsAreTheCallers() throws Exception {
    Outcome outcome = script("prepare", "synthetic", "--rows", 20, "--out", "data");
    assertThat(outcome.exitCode()).as("%s", outcome).isZero();
    assertThat(temp.resolve("data/schema.json")).exists();
  }
}
