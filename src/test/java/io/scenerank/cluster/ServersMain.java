package io.scenerank.cluster;

import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.cluster.wire.TaskServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameter servers of several clusters in one process, each with variables of its own.
 * Arguments: for each cluster the addresses of chief and servers, with commas between them. Ends
 * with its standard input.
 */
public final class ServersMain {
  /** What it says once all listen. */
  public static final String READY = "ready";

  private ServersMain() {}

  public static void main(String[] args) throws IOException {
    List<TaskServer> servers = new ArrayList<>();
    for (String cluster : args) {
      ClusterSpec spec = spec(cluster);
      for (int i = 0; i < spec.ps().size(); i++) {
        servers.add(new TaskServer(spec, new TaskId(TaskId.Role.PS, i), ClusterFixture.CPU, 1));
      }
    }
    System.out.println(READY + " " + servers.size());
    System.in.read();
    System.exit(0);
  }

  /** The cluster that an argument names. */
  public static ClusterSpec spec(String argument) {
    List<String> addresses = List.of(argument.split(","));
    return ClusterFixture.cluster(addresses.get(0), addresses.subList(1, addresses.size()));
  }
}
