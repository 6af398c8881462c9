package io.scenerank.cli;

import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import java.util.Arrays;
import java.util.Optional;

/**
 * The command line under a limit on the size of every file, which fails like a full disk. The main
 * of a child JVM; the arguments are the limit in bytes and the command's.
 */
final class FullDiskMain {
  private FullDiskMain() {}

  public static void main(String[] args) throws Exception {
    // DuckDB unpacks its library into a file beyond the limit when it is first used.
    DuckDb.open(DuckDbOptions.DEFAULT, Optional.empty()).close();
    int limited =
        new ProcessBuilder(
                "prlimit", "--pid=" + ProcessHandle.current().pid(), "--fsize=" + args[0])
            .inheritIO()
            .start()
            .waitFor();
    if (limited != 0) {
      throw new IllegalStateException("prlimit ended with " + limited);
    }
    ScenerankCommand.main(Arrays.copyOfRange(args, 1, args.length));
  }
}
