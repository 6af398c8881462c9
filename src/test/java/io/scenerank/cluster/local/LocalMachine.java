package io.scenerank.cluster.local;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterSpec;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.util.List;

/** What clusters of this machine have here, for tests of other packages. */
public final class LocalMachine {
  private LocalMachine() {}

  /** Addresses of a cluster that nobody has. */
  public static ClusterSpec freeAddresses(int ps, int workers) throws IOException {
    return LocalAddresses.ofMachine(new LocalTraining.Size(ps, workers));
  }

  /** Whether this machine lets a cluster have a network of its own. */
  public static boolean hasNetworkNamespaces() {
    try (NetworkNamespace network = NetworkNamespace.open()) {
      ImmutableList<String> inside = network.inside(List.of("true"));
      return !inside.isEmpty();
    } catch (InvalidInputException e) {
      return false;
    }
  }
}
