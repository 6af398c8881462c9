package io.scenerank.cluster.local;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.Causes;
import io.scenerank.config.InvalidInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A network of Linux with nothing in it but loopback, whose processes nobody outside reaches, other
 * users of the machine neither. It lasts as long as this process, or one that runs in it.
 */
final class NetworkNamespace implements AutoCloseable {
  private static final String UP = "up";

  // It stays until its input ends, with this process at the latest; Ctrl-C, which all processes of
  // a terminal get, does not end it. Tools of the administrator may stand outside a user's path.
  private static final String HOLD =
      "trap '' INT TERM HUP; PATH=\"$PATH:/usr/sbin:/sbin\"; ip link set lo up && echo "
          + UP
          + " && exec cat";

  /**
   * A way to make one.
   *
   * @param make begins a command that runs in a new one
   * @param enter options of {@code nsenter} that lead into it
   */
  record Way(ImmutableList<String> make, ImmutableList<String> enter) {}

  /** As root first, since a user namespace takes rights over the files of others away. */
  static final ImmutableList<Way> WAYS =
      ImmutableList.of(
          new Way(ImmutableList.of("unshare", "--net"), ImmutableList.of("--net")),
          new Way(
              ImmutableList.of("unshare", "--user", "--map-root-user", "--net"),
              ImmutableList.of("--user", "--preserve-credentials", "--net")));

  private final Process holder;
  private final ImmutableList<String> enter;

  private NetworkNamespace(Process holder, Way way) {
    this.holder = holder;
    this.enter =
        ImmutableList.<String>builder()
            .add("nsenter", "--target", Long.toString(holder.pid()))
            .addAll(way.enter())
            .add("--")
            .build();
  }

  /**
   * Makes one.
   *
   * @throws InvalidInputException saying why that cannot be done here
   */
  static NetworkNamespace open() {
    return open(WAYS);
  }

  static NetworkNamespace open(List<Way> ways) {
    ImmutableList.Builder<String> reasons = ImmutableList.builder();
    for (Way way : ways) {
      try {
        return open(way);
      } catch (IOException e) {
        reasons.add(Causes.text(e));
      }
    }
    throw new InvalidInputException(
        "no network namespace can be made here ("
            + reasons.build().stream().distinct().collect(Collectors.joining("; "))
            + ")");
  }

  private static NetworkNamespace open(Way way) throws IOException {
    Process holder =
        new ProcessBuilder(
                ImmutableList.<String>builder().addAll(way.make()).add("sh", "-c", HOLD).build())
            .start();
    NetworkNamespace made = new NetworkNamespace(holder, way);
    try (BufferedReader out = holder.inputReader();
        BufferedReader err = holder.errorReader()) {
      if (!UP.equals(out.readLine())) {
        throw new IOException(err.lines().collect(Collectors.joining(" ")));
      }
    } catch (IOException e) {
      made.close();
      throw e;
    }
    return made;
  }

  /** The command that runs a command in it. */
  ImmutableList<String> inside(List<String> command) {
    return ImmutableList.<String>builder().addAll(enter).addAll(command).build();
  }

  /** Ends it, once no process runs in it any more. */
  @Override
  public void close() {
    holder.destroyForcibly();
  }
}
