package io.scenerank.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.MoreFiles;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Checkpoints that were damaged after they were written: training resumes from the newest undamaged
 * one, prints a line, and ends with the same bits.
 */
@Tag("slow")
class DamagedCheckpointTest extends TrainerFixture {
  private static final String DATA = "variables.data-00000-of-00001";
  private static final String INDEX = "variables.index";
  private static final String STATE = "state.json";

  private Map<String, List<Float>> whole;
  private Path newest;

  @BeforeEach
  void trainTwoEpochs() throws IOException {
    whole = fit(Config.PLAIN, 3, "run");
    newest = folder.resolve("run/epoch-00002");
  }

  /** What a resumed training is told. */
  private static final class Told implements TrainingListener {
    private final List<String> damaged = new ArrayList<>();
    private TrainingState state;

    @Override
    public void onResume(TrainingState from, ImmutableList<String> lines) {
      state = from;
      damaged.addAll(lines);
    }

    @Override
    public void onEpoch(EpochResult epoch) {}
  }

  private Told resume() throws IOException {
    Told told = new Told();
    try (Trainer trainer = trainer(Config.PLAIN, 3, told)) {
      trainer.resume(rows, checkpoints("run"));
      assertThat(weights(trainer)).as("the values of an undisturbed training").isEqualTo(whole);
    }
    return told;
  }

  private void damage(String name, Change change) throws IOException {
    Path file = newest.resolve(name);
    Files.write(file, change.of(Files.readAllBytes(file)));
  }

  @FunctionalInterface
  private interface Change {
    byte[] of(byte[] bytes);
  }

  private static Change cut(int length) {
    return bytes -> Arrays.copyOf(bytes, Math.min(length, bytes.length));
  }

  private static Change flip(int place) {
    return bytes -> {
      bytes[place] ^= 4;
      return bytes;
    };
  }

  @Test
  void twoAreKept() throws IOException {
    assertThat(names(folder.resolve("run"))).containsExactly("epoch-00001", "epoch-00002");
    fit(Config.PLAIN.epochs(4), 3, "longer");
    assertThat(names(folder.resolve("longer"))).containsExactly("epoch-00003", "epoch-00004");
    Told told = resume();
    assertThat(told.damaged).isEmpty();
    assertThat(told.state.epoch()).isEqualTo(2);
  }

  @Test
  void theOlderOneIsTakenAndTheDamageNamed() throws IOException {
    damage(DATA, cut(100));
    assertFallsBack("Read");
    damage(DATA, cut(0));
    assertFallsBack("");
    damage(DATA, bytes -> flip(bytes.length / 2).of(bytes));
    assertFallsBack("hecksum");
    damage(INDEX, cut(10));
    assertFallsBack("sstable");
    damage(INDEX, bytes -> flip(bytes.length / 2).of(bytes));
    assertFallsBack("checksum");
    damage(STATE, cut(20));
    assertFallsBack("state.json: not well formed");
    damage(STATE, bytes -> "{\"epoch\": \"two\"}".getBytes());
    assertFallsBack("state.json: key 'epoch'");
    damage(STATE, bytes -> new String(bytes).replace("\"epoch\" : 2", "\"epoch\" : 3").getBytes());
    assertFallsBack("state.json is of epoch-00003");
    for (String name : List.of(DATA, INDEX)) {
      Files.delete(newest.resolve(name));
      assertFallsBack(name + ": no such file");
    }
    MoreFiles.deleteDirectoryContents(newest);
    assertFallsBack("state.json: cannot be read (no such file)");
  }

  /** Resumes, and the newest checkpoint is whole again afterwards. */
  private void assertFallsBack(String reason) throws IOException {
    Told told = resume();
    assertThat(told.damaged).hasSize(1);
    assertThat(told.damaged.get(0))
        .startsWith(newest + ": the checkpoint is damaged (")
        .contains(reason)
        .doesNotContain("\n");
    assertThat(told.state.epoch()).isEqualTo(1);
    assertThat(names(folder.resolve("run"))).containsExactly("epoch-00001", "epoch-00002");
    assertThat(resume().damaged).isEmpty();
  }

  /** No byte of any file makes a training with other values, or an internal error. */
  @Test
  void anyByteThatIsAnotherIsDamageOrChangesNothing() throws IOException {
    Path copy = folder.resolve("copy");
    Files.createDirectories(copy);
    for (String name : List.of(DATA, INDEX)) {
      Files.copy(newest.resolve(name), copy.resolve(name));
    }
    int[] found = new int[2];
    try (Trainer trainer = trainer(Config.PLAIN, 3, TrainingListener.NONE)) {
      for (String name : List.of(DATA, INDEX)) {
        byte[] bytes = Files.readAllBytes(copy.resolve(name));
        for (int place = 0; place < bytes.length; place += Math.max(1, bytes.length / 60)) {
          Files.write(newest.resolve(name), flip(place).of(bytes.clone()));
          Checkpoints.Restored restored =
              checkpoints("run").restoreLatest(trainer.graph()).orElseThrow();
          boolean damaged = restored.state().epoch() == 1;
          assertThat(restored.damaged()).as("byte %s of %s", place, name).hasSize(damaged ? 1 : 0);
          if (!damaged) {
            assertThat(weights(trainer)).as("byte %s of %s", place, name).isEqualTo(whole);
          }
          found[damaged ? 1 : 0]++;
        }
        Files.write(newest.resolve(name), bytes);
      }
    }
    assertThat(found[1]).as("damaged, and %s harmless", found[0]).isGreaterThan(100);
  }

  @Test
  void whereAllAreDamagedTheWayOutIsNamed() throws IOException {
    damage(DATA, cut(100));
    Path older = folder.resolve("run/epoch-00001").resolve(INDEX);
    Files.delete(older);
    try (Trainer trainer = trainer(Config.PLAIN, 3, TrainingListener.NONE)) {
      assertThatThrownBy(() -> trainer.resume(rows, checkpoints("run")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(newest + ": the checkpoint is damaged (")
          .hasMessageEndingWith(
              ") and so are all others; delete "
                  + folder.resolve("run")
                  + " to train from the beginning with the same command");
      assertThat(names(folder.resolve("run"))).hasSize(2);
      MoreFiles.deleteRecursively(folder.resolve("run"));
      trainer.resume(rows, checkpoints("run"));
    }
  }

  /** A checkpoint in the middle of an epoch that no new one replaces goes with the next. */
  @Test
  void aDamagedOneIsNoneOfThoseToKeep() throws IOException {
    TrainingConfig paced =
        with(Config.PLAIN.build(ImmutableMap.of()), "{\"checkpoints\": {\"every_steps\": 3}}");
    Path run = folder.resolve("paced");
    try (Trainer trainer = trainer(paced, PARAMS, 3, TrainingListener.NONE)) {
      trainer.fit(rows, checkpoints("paced"));
    }
    assertThat(names(run)).containsExactly("epoch-00001-step-0000003", "epoch-00002");
    Files.delete(run.resolve("epoch-00002").resolve(INDEX));
    // Both damaged but one of an epoch before.
    MoreFiles.deleteDirectoryContents(run.resolve("epoch-00001-step-0000003"));
    copy(folder.resolve("run/epoch-00001"), run.resolve("epoch-00001"));
    try (Trainer trainer = trainer(Config.PLAIN, 3, TrainingListener.NONE)) {
      trainer.resume(rows, checkpoints("paced"));
      assertThat(weights(trainer)).isEqualTo(whole);
    }
    assertThat(names(run)).containsExactly("epoch-00001", "epoch-00002");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (String name : names(from)) {
      Files.copy(from.resolve(name), to.resolve(name));
    }
  }

  @Test
  void theBestEpochThatIsDamagedIsNamed() throws IOException {
    Config early = Config.PLAIN.epochs(12).validation(0.3, 1);
    Path run = folder.resolve("early");
    int best;
    try (Trainer trainer = trainer(early, 5, TrainingListener.NONE)) {
      best = trainer.fit(rows, checkpoints("early")).epochs() - 1;
    }
    Path file = run.resolve(String.format("epoch-%05d", best)).resolve(DATA);
    Files.write(file, new byte[3]);
    try (Trainer trainer = trainer(early, 5, TrainingListener.NONE)) {
      assertThatThrownBy(() -> trainer.resume(rows, checkpoints("early")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(file.getParent() + ": the checkpoint is damaged (")
          .hasMessageEndingWith(
              "; no other checkpoint holds the best epoch; delete "
                  + run
                  + " to train from the beginning with the same command");
    }
  }
}
