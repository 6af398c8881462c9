package io.scenerank.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.scenerank.testing.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Memory of a JVM that works on and on. A session that nobody closes keeps the model's weights, 20
 * MB and more, and a tensor or a result that nobody closes 20,000 times a few MB.
 *
 * <p>{@code -Dscenerank.soak=true} makes it 200,000 predictions and 20 cycles.
 */
@Tag("slow")
class SoakTest {
  private static final boolean LONG = Boolean.getBoolean("scenerank.soak");
  private static final int THREADS = 8;
  private static final int PREDICTIONS = LONG ? 200_000 : 8_000;
  private static final int CYCLES = LONG ? 20 : 6;
  private static final int LONGEST = 1800; // seconds
  private static final long MIB = 1L << 20;

  /** What the heap, the allocator and compiled code may still grow by once all is warm. */
  private static final long SLACK = 64 * MIB;

  @TempDir private Path folder;

  @Test
  void memoryIsFlatOnceAllIsWarm() throws Exception {
    assumeThat(MemoryUse.now()).as("the kernel says what a process holds").isPresent();
    List<String> command =
        ChildProcess.java(
            ChildProcess.classpath(),
            Soak.class.getName(),
            folder.toString(),
            Integer.toString(THREADS),
            Integer.toString(PREDICTIONS),
            Integer.toString(CYCLES));
    ChildProcess.Outcome outcome =
        ChildProcess.run(Files.createDirectory(folder.resolve("child")), command, LONGEST);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertFlat("predictions", outcome.out());
    assertFlat("cycle", outcome.out());
  }

  /**
   * The last third holds no more than the third before it. The least of each: now and then the
   * kernel counts a hundred MB of buffers that are free again at the next look.
   */
  private static void assertFlat(String what, String out) {
    List<Long> resident =
        out.lines()
            .filter(line -> line.startsWith(what + " "))
            .map(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
            .toList();
    int third = resident.size() / 3;
    long before = least(resident.subList(third, 2 * third));
    long after = least(resident.subList(2 * third, resident.size()));
    assertThat(after - before)
        .as("growth of resident memory over the last third; all of it:%n%s", out)
        .isLessThan(SLACK);
  }

  private static long least(List<Long> bytes) {
    return bytes.stream().mapToLong(Long::longValue).min().orElseThrow();
  }
}
