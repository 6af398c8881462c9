package io.scenerank.cluster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.cluster.ClusterSpec;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalSizeTest {
  @ParameterizedTest
  @ValueSource(strings = {"ps=2,workers=3", "workers=3, ps=2"})
  void namesBothNumbers(String text) {
    assertThat(LocalTraining.Size.parse(text, "--x")).isEqualTo(new LocalTraining.Size(2, 3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          processes=2       | unknown key 'processes'; known: ps, workers
          ps=1              | found 'ps=1', expected ps=N,workers=N
          ps=1,worker=2     | unknown key 'worker'; did you mean 'workers'?
          ps=0,workers=2    | found 'ps=0,workers=2', expected
          ps=1,workers=two  | found 'ps=1,workers=two', expected
          ps=1,workers      | found 'ps=1,workers', expected
          ps=1,workers=2,ps=3 | where 'ps' occurs twice
          """)
  void whatIsWrongIsNamed(String text, String message) {
    assertThatThrownBy(() -> LocalTraining.Size.parse(text, "--x"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("--x: ")
        .hasMessageContaining(message);
  }

  @Test
  void everyProcessHasAnAddressOfItsOwn() throws IOException {
    LocalTraining.Size size = new LocalTraining.Size(2, 3);
    for (ClusterSpec spec :
        List.of(LocalAddresses.ofOwnNetwork(size), LocalAddresses.ofMachine(size))) {
      List<String> addresses = spec.tasks().stream().map(spec::address).toList();
      assertThat(addresses)
          .hasSize(6)
          .doesNotHaveDuplicates()
          .allSatisfy(address -> assertThat(address).startsWith("127.0.0.1:"));
    }
    for (String address : LocalAddresses.ofMachine(size).workers()) {
      int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
      try (ServerSocket socket = new ServerSocket(port)) {
        assertThat(socket.isBound()).isTrue();
      }
    }
  }
}
