package io.scenerank.cluster;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Enumeration;

/** Tells whether a server of this process can be reached from elsewhere. */
final class OwnNetwork {
  private OwnNetwork() {}

  /** Whether loopback is all that there is, as in a network namespace of its own. */
  static boolean isLoopbackOnly() {
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
}
