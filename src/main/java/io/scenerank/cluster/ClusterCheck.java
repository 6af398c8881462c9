package io.scenerank.cluster;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableList;
import com.google.common.net.HostAndPort;
import io.scenerank.config.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Checks the addresses of a cluster.
 *
 * @param where names what they are in
 * @param chief key of the chief's address
 * @param ps key of those of parameter servers
 * @param workers key of those of workers
 */
record ClusterCheck(String where, String chief, String ps, String workers) {
  // Of a name, or of an address of either kind.
  private static final CharMatcher HOST =
      CharMatcher.inRange('a', 'z')
          .or(CharMatcher.inRange('A', 'Z'))
          .or(CharMatcher.inRange('0', '9'))
          .or(CharMatcher.anyOf("._-:%"));

  /**
   * The cluster of these addresses.
   *
   * @throws InvalidInputException naming the key whose address is none, is there already, or is
   *     missing
   */
  ClusterSpec spec(
      String chiefAddress,
      ImmutableList<String> psAddresses,
      ImmutableList<String> workerAddresses) {
    Map<String, String> seen = new LinkedHashMap<>();
    add(chief, chiefAddress, seen);
    addAll(ps, psAddresses, seen);
    addAll(workers, workerAddresses, seen);
    return new ClusterSpec(chiefAddress, psAddresses, workerAddresses);
  }

  private void addAll(String key, ImmutableList<String> addresses, Map<String, String> seen) {
    if (addresses.isEmpty()) {
      throw new InvalidInputException(
          where + ": key '" + key + "' is missing, expected a list of at least one host:port");
    }
    for (int i = 0; i < addresses.size(); i++) {
      add(key + "[" + i + "]", addresses.get(i), seen);
    }
  }

  private void add(String key, String address, Map<String, String> seen) {
    if (!isAddress(address)) {
      throw new InvalidInputException(
          where + ": key '" + key + "': found '" + address + "', expected host:port");
    }
    String other = seen.putIfAbsent(address, key);
    if (other != null) {
      throw new InvalidInputException(
          String.format(
              "%s: key '%s': found '%s', which '%s' has already", where, key, address, other));
    }
  }

  private static boolean isAddress(String text) {
    try {
      HostAndPort address = HostAndPort.fromString(text);
      return address.hasPort()
          && address.getPort() > 0
          && !address.getHost().isEmpty()
          && HOST.matchesAllOf(address.getHost());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
