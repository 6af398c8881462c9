package io.scenerank.cli;

import com.google.common.collect.ImmutableList;
import java.lang.management.ManagementFactory;

/** With which options this JVM was started. */
final class OwnJvm {
  private static final ImmutableList<String> ONCE = ImmutableList.of("-agentlib:jdwp", "-Xrunjdwp");

  private OwnJvm() {}

  /**
   * Options for another JVM that is to be as this one: without a debugger's port, which only one
   * can listen on, and with the home folder, which is another's in a user namespace.
   */
  static ImmutableList<String> options() {
    ImmutableList.Builder<String> options = ImmutableList.builder();
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> ONCE.stream().noneMatch(option::startsWith))
        .forEach(options::add);
    for (String property : ImmutableList.of("user.home", "user.name")) {
      options.add("-D" + property + "=" + System.getProperty(property));
    }
    return options.build();
  }
}
