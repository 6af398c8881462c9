package io.scenerank.cluster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import io.scenerank.testing.ChildProcess;
import io.scenerank.testing.ChildProcess.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkNamespaceTest {
  @TempDir private Path temp;

  private Outcome inside(NetworkNamespace network, String... command) throws Exception {
    return ChildProcess.run(temp, network.inside(List.of(command)));
  }

  private static NetworkNamespace open(int way) {
    try {
      return NetworkNamespace.open(List.of(NetworkNamespace.WAYS.get(way)));
    } catch (InvalidInputException e) {
      assumeTrue(false, e.getMessage());
      throw e;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void nothingIsInItButLoopbackAndNobodyOutsideIsReached(int way) throws Exception {
    try (NetworkNamespace network = open(way);
        ServerSocket outside = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(outside.getLocalPort());
      assertThat(inside(network, "cat", "/proc/net/dev").out().lines().skip(2))
          .singleElement()
          .asString()
          .contains("lo:");
      String connect = "exec 3<>/dev/tcp/127.0.0.1/$0 && echo reached";
      Outcome refused = inside(network, "bash", "-c", connect, port);
      assertThat(refused.exitCode()).isNotZero();
      assertThat(refused.err()).contains("refused");
      Outcome own = inside(network, "bash", "-c", "ip addr show dev lo 2>/dev/null; true");
      assertThat(own.exitCode()).as("%s", own).isZero();
    }
  }

  @Test
  void itGoesWithTheOneWhoMadeIt() throws Exception {
    NetworkNamespace network = open(0);
    assertThat(inside(network, "true").exitCode()).isZero();
    network.close();
    assertThat(inside(network, "true").exitCode()).isNotZero();
  }

  @Test
  void aReasonIsGivenWhereItCannotBeMade() throws IOException {
    NetworkNamespace.Way missing =
        new NetworkNamespace.Way(ImmutableList.of("no-such-program"), ImmutableList.of());
    NetworkNamespace.Way forbidden =
        new NetworkNamespace.Way(
            ImmutableList.of("sh", "-c", "echo 'unshare failed: not permitted' >&2; exit 1"),
            ImmutableList.of());
    assertThatThrownBy(() -> NetworkNamespace.open(List.of(missing, forbidden, forbidden)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("no network namespace can be made here (")
        .hasMessageContaining("no-such-program")
        .hasMessageEndingWith("; unshare failed: not permitted)")
        .hasMessageNotContaining("\n");
  }
}
