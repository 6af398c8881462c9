package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.RunsCommandsOf;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/benchmarks.md and docs/parity.md, on less work. */
@Tag("slow")
class BenchmarksPageTest {
  @TempDir private Path temp;

  @Test
  @RunsCommandsOf("docs/benchmarks.md#Results on the built-in data")
  void results(List<String> commands) {
    PageCommands run = new PageCommands(temp);
    assertThat(commands).hasSize(4);
    run.run(commands.get(0) + " --rows 400 --set epochs=1 --seeds 1 --out runs/compared");
    run.run(commands.get(1) + " --rows 400");
    run.run(commands.get(2) + " --set epochs=1");
    assertThat(temp.resolve("runs/exact/config.yaml")).content().contains("optimizer: adam");
  }

  @Test
  @RunsCommandsOf("docs/benchmarks.md#Speed")
  void speed(List<String> commands) {
    String bench =
        commands.stream()
            .filter(line -> line.startsWith("bin/scenerank"))
            .findFirst()
            .orElseThrow();
    new PageCommands(temp)
        .run(bench + " --batch-size=8 --rows=16 --seconds=0.01 --warm-up=0 --threads=1");
  }

  @Test
  @RunsCommandsOf("docs/parity.md#Parity")
  void parity(List<String> commands) throws Exception {
    Path cases = Path.of("src/test/resources/parity").toAbsolutePath();
    java.nio.file.Files.createSymbolicLink(
        temp.resolve("case.h5"), cases.resolve("gate_nu-odd.h5"));
    java.nio.file.Files.createSymbolicLink(
        temp.resolve("other.h5"), cases.resolve("golden-apg.h5"));
    assertThat(commands).hasSize(2);
    new PageCommands(temp).runAll(commands);
  }
}
