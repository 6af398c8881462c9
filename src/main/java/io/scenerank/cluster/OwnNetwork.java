package io.scenerank.cluster;

import io.scenerank.config.InvalidInputException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Enumeration;

/** Tells whether a server of this process can be reached from elsewhere. */
public final class OwnNetwork {
  private OwnNetwork() {}

  /** Whether loopback is all that there is, as in a network namespace of its own. */
  public static boolean isLoopbackOnly() {
    try {
      Enumeration<NetworkInterface> interfaces = NetworkInterface.getNetworkInterfaces();
      while (interfaces.hasMoreElements()) {
        NetworkInterface each = interfaces.nextElement();
        if (each.isUp() && !each.isLoopback()) {
          return false;
        }
      }
      return true;
    } catch (SocketException e) {
      // Not to know it is not to be safe.
      return false;
    }
  }

  /**
   * Checks that a server may be started here.
   *
   * @throws InvalidInputException if it would listen to others and nobody has allowed that
   */
  public static void requireSafe(TaskId task, Reachability bind) {
    if (bind == Reachability.LOOPBACK && !isLoopbackOnly()) {
      throw new InvalidInputException(
          task
              + ": TensorFlow's server would listen on all network interfaces, and it has no"
              + " authentication: anyone who can connect to it controls this process. In a network"
              + " that only the cluster's machines can reach, allow it with --bind all");
    }
  }
}
