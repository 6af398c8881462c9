package io.scenerank.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.train.Device;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchWorkerTest {
  private final CountedWork first = new CountedWork("first");
  private final CountedWork second = new CountedWork("second");

  @Test
  void answersEachLineWithOneOfJson() throws IOException {
    List<String> lines = serve("window 0\nwindow 0.01 second\nmemory\nshare 0\nquit\nwindow 0\n");
    assertThat(lines).hasSize(5);
    assertThat(lines.get(0)).isEqualTo("ready");
    JsonNode one = json(lines.get(1));
    assertThat(one.get("workload").asText()).isEqualTo("first");
    assertThat(one.get("calls").asInt()).as("at least one").isEqualTo(1);
    JsonNode many = json(lines.get(2));
    assertThat(many.get("workload").asText()).isEqualTo("second");
    assertThat(many.get("calls").asInt()).isEqualTo(second.calls());
    assertThat(many.get("rows").asInt()).isEqualTo(3 * second.calls());
    assertThat(many.get("rows_per_second").asDouble())
        .as("rows over seconds, except for rounding")
        .isCloseTo(
            many.get("rows").asDouble() / many.get("seconds").asDouble(),
            within(1e-9 * many.get("rows_per_second").asDouble()));
    JsonNode share = json(lines.get(4));
    assertThat(share.get("multiply_adds_per_row").asLong()).isEqualTo(5);
    assertThat(share.get("gemm_gigaflops").asDouble()).isPositive();
    assertThat(share.get("share").asDouble()).isPositive();
  }

  @Test
  void theEndOfTheLinesEndsIt() throws IOException {
    assertThat(serve("")).containsExactly("ready");
    assertThat(first.calls()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "window", "window x", "window -1", "window 1 first more", "stop", "share inf"})
  void aLineThatItDoesNotKnowIsNamed(String line) {
    assertThatThrownBy(() -> serve(line + "\n"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("worker: '" + line + "' is unknown, expected window SECONDS");
  }

  @Test
  void aWorkloadThatItDoesNotHaveIsNamedWithTheNearest() {
    assertThatThrownBy(() -> serve("window 1 secon\n"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("workload 'secon' is unknown")
        .hasMessageContaining("second");
  }

  @Test
  void twoOperationsAMultiplyAddMakeTheShare() {
    assertThat(GemmShare.share(4_000_000, 10_000, 100)).isCloseTo(0.8, within(1e-12));
  }

  private List<String> serve(String lines) throws IOException {
    StringWriter out = new StringWriter();
    try (Gemm gemm = new Gemm(Device.parse("cpu"), 1)) {
      new BenchWorker(List.of(first, second), gemm)
          .serve(new BufferedReader(new StringReader(lines)), new PrintWriter(out));
    }
    return out.toString().lines().toList();
  }

  private static JsonNode json(String line) {
    return new ConfigMapper().parse(line, "the answer");
  }
}
