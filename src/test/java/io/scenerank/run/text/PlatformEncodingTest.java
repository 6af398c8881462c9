package io.scenerank.run.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PlatformEncodingTest {
  @Test
  void argumentsInUtf8AreNeverRefused() {
    assertThat(
            new PlatformEncoding(StandardCharsets.UTF_8).problem(ImmutableList.of("a", "\ufffd")))
        .isEmpty();
    assertThat(
            new PlatformEncoding(StandardCharsets.US_ASCII).problem(ImmutableList.of("plain.csv")))
        .isEmpty();
  }
}
