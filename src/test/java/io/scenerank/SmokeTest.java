package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.tensorflow.TensorFlow;

class SmokeTest {
  @Test
  void version() {
    assertThat(TensorFlow.version()).isEqualTo("2.18.0");
  }
}
