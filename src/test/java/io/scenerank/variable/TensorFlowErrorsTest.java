package io.scenerank.variable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.tensorflow.exceptions.TFResourceExhaustedException;

/** The line of TensorFlow's messages that gives the reason. */
class TensorFlowErrorsTest {
  private static final String OF_A_PROCESS =
      "From /job:chief/replica:0/task:0:\n"
          + "/runs/a/variables.data-00000-of-00001; No space left on device\n"
          + "\t [[{{node checkpoint/SaveV2}}]]";

  @Test
  void theProcessOfAClusterIsNoReason() {
    RuntimeException e = new TFResourceExhaustedException(OF_A_PROCESS);
    assertThat(TensorFlowErrors.firstLine(e))
        .isEqualTo("/runs/a/variables.data-00000-of-00001; No space left on device");
    assertThatThrownBy(
            () ->
                TensorFlowErrors.writing(
                    "the checkpoint",
                    () -> {
                      throw e;
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the checkpoint cannot be written (/runs/a/variables.data-00000-of-00001; No space left"
                + " on device)");
  }

  @Test
  void withoutAReasonThatIsSaid() {
    assertThat(TensorFlowErrors.firstLine(new TFResourceExhaustedException("")))
        .isEqualTo("no reason given");
    assertThat(TensorFlowErrors.firstLine(new TFResourceExhaustedException("\n  late\nmore")))
        .isEqualTo("late");
  }

  @Test
  void failuresOfTheNativeLibraryAreExplained() {
    Throwable limit =
        new ExceptionInInitializerError(
            new OutOfMemoryError(
                "Failed to allocate memory within limits: totalBytes (9M + 1M) > maxBytes (9M)"));
    assertThat(TensorFlowErrors.ofLibrary(limit).orElseThrow())
        .contains("-Dorg.bytedeco.javacpp.maxbytes=0");
    assertThat(TensorFlowErrors.ofLibrary(new OutOfMemoryError("Java heap space"))).isEmpty();
    assertThat(TensorFlowErrors.ofLibrary(new NoClassDefFoundError("com/example/Missing")))
        .isEmpty();
    assertThat(
            TensorFlowErrors.ofLibrary(
                    new UnsatisfiedLinkError("no jnitensorflow in java.library.path: /usr/lib"))
                .orElseThrow())
        .contains("-Dorg.bytedeco.javacpp.cachedir");
  }

  @Test
  void threadsAreThoseThatTheProcessMayUse() {
    assertThat(SessionOptions.threads(0)).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(SessionOptions.threads(3)).isEqualTo(3);
  }
}
