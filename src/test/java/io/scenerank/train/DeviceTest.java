package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;

class DeviceTest {
  @ParameterizedTest
  @CsvSource({"auto,AUTO,0,auto", "cpu,CPU,0,cpu", "gpu,GPU,0,gpu:0", "gpu:3,GPU,3,gpu:3"})
  void parses(String text, Device.Kind kind, int index, String shown) {
    Device device = Device.parse(text);
    assertThat(device).isEqualTo(new Device(kind, index));
    assertThat(device).hasToString(shown);
    assertThat(Device.parse(device.toString())).isEqualTo(device);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"tpu", "", "GPU", "gpu:", "gpu:-1", "gpu:x", "gpu:99999", "cpu:0", "gpu 1"})
  void refusesOthers(String text) {
    assertThatThrownBy(() -> Device.parse(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("device (--device) '" + text + "' is unknown; expected auto, cpu or gpu:N");
  }

  @Test
  void placesOps() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      assertThat(Device.parse("gpu:2").place(tf).constant(1).op().toString())
          .as("the graph says where the op runs")
          .isNotNull();
      assertThat(graph.toGraphDef().getNode(0).getDevice()).containsIgnoringCase("GPU:2");
      Device.parse("cpu").place(tf).constant(1);
      assertThat(graph.toGraphDef().getNode(1).getDevice()).containsIgnoringCase("CPU:0");
      Device.auto().place(tf).constant(1);
      assertThat(graph.toGraphDef().getNode(2).getDevice()).isEmpty();
    }
  }

  @Test
  void sessionHasTheThreadsAndNoGpuOnTheCpu() {
    assertThat(Device.parse("cpu").sessionConfig(3).getIntraOpParallelismThreads()).isEqualTo(3);
    assertThat(Device.parse("cpu").sessionConfig(3).getInterOpParallelismThreads()).isEqualTo(3);
    assertThat(Device.parse("cpu").sessionConfig(0).getDeviceCountMap()).containsEntry("GPU", 0);
    assertThat(Device.auto().sessionConfig(0).getDeviceCountMap()).isEmpty();
  }

  @Test
  void everyMachineHasACpu() {
    assertThat(Device.all())
        .first()
        .satisfies(
            device -> {
              assertThat(device.type()).isEqualTo("CPU");
              assertThat(device.name()).isEqualTo("/device:CPU:0");
            });
  }

  @Test
  void saysWhereAutoRuns() {
    boolean gpu = Device.all().stream().anyMatch(entry -> entry.type().equals("GPU"));
    assertThat(Device.auto().describe()).isEqualTo(gpu ? "gpu:0" : "cpu (TensorFlow sees no GPU)");
    assertThat(Device.parse("cpu").describe()).isEqualTo("cpu");
  }

  @Test
  void deviceThatIsNotThere() {
    assertThatThrownBy(() -> Device.parse("gpu:99").requireSeen())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("device (--device) gpu:99: TensorFlow sees ")
        .message()
        .doesNotContain("\n");
    assertThatCode(() -> Device.parse("cpu").requireSeen()).doesNotThrowAnyException();
    assertThatCode(() -> Device.auto().requireSeen()).doesNotThrowAnyException();
  }
}
