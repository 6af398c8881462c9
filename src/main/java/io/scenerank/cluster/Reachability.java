package io.scenerank.cluster;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.ClusterSpec.TaskId;
import io.scenerank.config.InvalidInputException;
import io.scenerank.config.SpellingHint;
import java.util.Locale;

/**
 * From where the processes of a cluster may be reached. TensorFlow's runtime asks nobody who he is:
 * anyone who can reach a server can read and change the variables and run any graph there. Its
 * servers listen on all network interfaces, and nothing turns that off.
 */
public enum Reachability {
  /**
   * From nowhere else: a process runs only where there is no interface but loopback. The default.
   */
  LOOPBACK,

  /** From everywhere that the network lets through. */
  ALL;

  /**
   * Reads one by its name.
   *
   * @param where names its place in messages
   * @throws InvalidInputException if it is neither
   */
  public static Reachability parse(String text, String where) {
    for (Reachability bind : values()) {
      if (bind.text().equals(text)) {
        return bind;
      }
    }
    throw new InvalidInputException(
        String.format(
            "%s: found '%s', expected loopback or all%s",
            where,
            text,
            SpellingHint.to(text, ImmutableList.of(LOOPBACK.text(), ALL.text()))
                .map(near -> "; did you mean '" + near + "'?")
                .orElse("")));
  }

  /**
   * Whether a server here, which listens on all network interfaces, is reached from there alone.
   */
  public boolean isKept() {
    return this == ALL || OwnNetwork.isLoopbackOnly();
  }

  /**
   * Checks that a server may be started here.
   *
   * @throws InvalidInputException if it would listen to others and nobody has allowed that
   */
  public void requireKept(TaskId task) {
    if (!isKept()) {
      throw new InvalidInputException(
          task
              + ": TensorFlow's server would listen on all network interfaces, and it has no"
              + " authentication: anyone who can connect to it controls this process. In a network"
              + " that only the cluster's machines can reach, allow it with bind all (--bind all)");
    }
  }

  private String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
