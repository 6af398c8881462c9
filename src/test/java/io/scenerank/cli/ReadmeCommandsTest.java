package io.scenerank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.RunsCommandsOf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the README, with fewer rows. */
@Tag("slow")
class ReadmeCommandsTest {
  @TempDir private Path temp;

  @Test
  @RunsCommandsOf("README.md#Two commands")
  void twoCommands(List<String> commands) {
    assertThat(commands).hasSize(2);
    new PageCommands(temp).run(commands.get(0) + " --rows 1000 --epochs 1 --out runs/pepnet");
    assertThat(temp.resolve("runs/pepnet/saved_model/1/saved_model.pb")).isNotEmptyFile();
  }

  @Test
  @RunsCommandsOf("README.md#Train")
  void train(List<String> commands) throws IOException {
    assertThat(commands).hasSize(2);
    PageCommands run = new PageCommands(temp);
    run.run(commands.get(0).replace("--rows 20000", "--rows 500"));
    run.run(commands.get(1));
    assertThat(temp.resolve("runs/mmoe/saved_model/1/saved_model.pb")).isNotEmptyFile();
  }
}
