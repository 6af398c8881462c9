package io.scenerank.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.bytedeco.javacpp.Pointer;

/**
 * Swaps versions, copies of a SavedModel, in a folder and prints the memory of the process; the
 * main of a child JVM.
 */
final class SwapsMain {
  private static final int FIRST = 5;
  private static final int LAST = 50;

  private SwapsMain() {}

  public static void main(String[] args) throws IOException {
    Path base = Files.createDirectory(Path.of(args[0]).resolve("swaps"));
    Path model = Path.of(args[1]);
    add(model, base.resolve("1"));
    ServiceOptions options = ServiceOptions.defaults().withPollInterval(Duration.ZERO);
    try (RankingService service = RankingService.open(base, options)) {
      for (int swap = 1; swap <= LAST; swap++) {
        add(model, base.resolve(Integer.toString(swap + 1)));
        service.refresh();
        if (service.load().swaps() != swap) {
          throw new IllegalStateException(service.versions().toString());
        }
        VersionFolders.delete(base.resolve(Integer.toString(swap)));
        if (swap == FIRST || swap == LAST) {
          System.gc();
          System.out.println(Pointer.physicalBytes());
        }
      }
    }
  }

  /** A version that is complete at the first look, as exports of this library are. */
  private static void add(Path model, Path version) throws IOException {
    VersionFolders.copy(model, version);
    Files.writeString(
        Files.createDirectory(version.resolve("assets.extra")).resolve("scenerank.json"), "{}");
  }
}
