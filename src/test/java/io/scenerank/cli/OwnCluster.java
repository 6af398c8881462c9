package io.scenerank.cli;

import io.scenerank.cluster.ClusterSpec;
import io.scenerank.cluster.local.LocalMachine;
import io.scenerank.cluster.local.LocalTraining;
import io.scenerank.testing.ChildProcess.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A cluster of this machine whose processes a test starts one by one.
 *
 * @param folder their working directory, where the file is that says where they listen
 */
record OwnCluster(Path folder) {
  private static final String FILE = "cluster.yaml";

  /** Writes the file, with free addresses. */
  static OwnCluster write(Path folder, LocalTraining.Size size) throws IOException {
    ClusterSpec spec = LocalMachine.freeAddresses(size.ps(), size.workers());
    Files.writeString(
        folder.resolve(FILE),
        String.format("chief: %s%nps: %s%nworkers: %s%n", spec.chief(), spec.ps(), spec.workers()));
    return new OwnCluster(folder);
  }

  /**
   * Starts one of them.
   *
   * @param arguments of {@code train}
   */
  Running start(String task, List<String> arguments) throws IOException {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("--cluster", FILE, "--bind", "all", "--task", task));
    return InterruptedTraining.start(folder, all);
  }
}
