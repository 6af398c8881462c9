package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.cli.ScenerankCommand;
import io.scenerank.testing.CommandLinePage;
import io.scenerank.testing.KerasListings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * What docs/ has from the sources is what the sources say. {@code bin/docs} writes it again, by the
 * property {@code scenerank.docs.write}.
 */
class GeneratedPagesTest {
  private static final Path DOCS = Path.of("docs");
  private static final boolean WRITES = Boolean.getBoolean("scenerank.docs.write");

  @Test
  void theReferenceOfTheCommandLine() throws IOException {
    check(DOCS.resolve("cli.md"), CommandLinePage.of(ScenerankCommand.commandLine()));
  }

  @Test
  void theListingsOfKerasAndJava() throws IOException {
    Path page = DOCS.resolve("keras.md");
    check(page, KerasListings.renewed(Files.readString(page)));
  }

  private static void check(Path page, String expected) throws IOException {
    if (WRITES) {
      Files.writeString(page, expected);
    }
    assertThat(page)
        .as("%s differs from the sources: run bin/docs", page)
        .content()
        .isEqualTo(expected);
  }
}
