package io.scenerank.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The name that a guessed description gives to a data set. */
class GuessNameTest {
  private final Path root = Path.of("").toAbsolutePath().getRoot();

  @Test
  void itIsTheFileOrTheFolderOfSeveral() {
    assertThat(Guess.name(List.of(Path.of("clicks.csv.gz")))).isEqualTo("clicks");
    assertThat(Guess.name(List.of(Path.of("logs/a.csv"), Path.of("logs/b.csv")))).isEqualTo("logs");
  }

  @Test
  void partitionsAreNoNames() {
    assertThat(
            Guess.name(List.of(Path.of("logs/day=1/a.parquet"), Path.of("logs/day=1/b.parquet"))))
        .isEqualTo("logs");
  }

  @Test
  void filesInTheRootFolderHaveNone() {
    assertThat(Guess.name(List.of(root.resolve("a.csv"), root.resolve("b.csv"))))
        .isEqualTo("unnamed");
    assertThat(Guess.name(List.of(root.resolve("day=1/a.csv"), root.resolve("day=1/b.csv"))))
        .isEqualTo("unnamed");
  }
}
