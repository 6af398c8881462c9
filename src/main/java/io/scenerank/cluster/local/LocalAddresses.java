package io.scenerank.cluster.local;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterSpec;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** Where the processes of a cluster on one machine listen. */
final class LocalAddresses {
  private static final String HOST = "127.0.0.1:";
  private static final int FIRST = 10_000;

  // The system gives connections their ports from above, so that one that is free now stays free
  // for a process that is started again.
  private static final int FREE_FROM = 20_000;
  private static final int FREE_TO = 32_000;

  private LocalAddresses() {}

  /** In a network where every port is free. */
  static ClusterSpec ofOwnNetwork(LocalTraining.Size size) {
    return spec(size, IntStream.iterate(FIRST, port -> port + 1).iterator());
  }

  /**
   * In the machine's network, at ports that nobody listens on.
   *
   * @throws IOException if there are too few
   */
  static ClusterSpec ofMachine(LocalTraining.Size size) throws IOException {
    int needed = 1 + size.ps() + size.workers();
    int begin = ThreadLocalRandom.current().nextInt(FREE_FROM, FREE_TO);
    Set<Integer> free = new LinkedHashSet<>();
    for (int i = 0; free.size() < needed && i < FREE_TO - FREE_FROM; i++) {
      int port = FREE_FROM + (begin - FREE_FROM + i) % (FREE_TO - FREE_FROM);
      if (isFree(port)) {
        free.add(port);
      }
    }
    if (free.size() < needed) {
      throw new IOException("no " + needed + " ports are free from " + FREE_FROM + " on");
    }
    return spec(size, free.iterator());
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static ClusterSpec spec(LocalTraining.Size size, Iterator<Integer> ports) {
    return new ClusterSpec(
        HOST + ports.next(), next(ports, size.ps()), next(ports, size.workers()));
  }

  private static ImmutableList<String> next(Iterator<Integer> ports, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> HOST + ports.next())
        .collect(ImmutableList.toImmutableList());
  }
}
