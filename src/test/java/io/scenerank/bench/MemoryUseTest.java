package io.scenerank.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryUseTest {
  @Test
  void readsWhatTheKernelSays() {
    List<String> status =
        List.of("Name:\tjava", "VmPeak:\t  999 kB", "VmHWM:\t  30 kB", "VmRSS:\t 20 kB");
    assertThat(MemoryUse.parse(status)).contains(new MemoryUse(20 * 1024, 30 * 1024));
  }

  @Test
  void withoutTheValuesItIsNotKnown() {
    assertThat(MemoryUse.parse(List.of("Name:\tjava", "VmHWM:\t 30 kB"))).isEmpty();
  }
}
