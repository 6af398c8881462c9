package io.scenerank.testing;

import com.google.common.collect.ImmutableList;
import io.scenerank.cluster.local.LocalMachine;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Addresses of this machine at which a test's servers may listen. */
public final class FreeAddresses {
  private FreeAddresses() {}

  /**
   * Different addresses that nobody has, none of a port that the system gives to connections, which
   * might take it before the server does.
   */
  public static ImmutableList<String> of(int count) {
    try {
      return LocalMachine.freeAddresses(count, 1).ps();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
