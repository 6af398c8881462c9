package io.scenerank.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Damages files of each kind at random places, the same ones in every run, and reads them: a file
 * with any content is read, or refused in one line. {@code -Dscenerank.mutations=300} is the long
 * form.
 */
@Tag("slow")
class MutatedArtefactsTest {
  private static final int FILES = Integer.getInteger("scenerank.mutations", 100);
  private static final Duration HANG = Duration.ofSeconds(60);

  /** What one kind may take; a slow machine reads fewer files. */
  private static final Duration BOX = Duration.ofMinutes(2);

  private static final Path RESOURCES = Path.of("src/test/resources/keras");

  @TempDir private Path temp;

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "src/test/resources/keras/mmoe.keras,",
    "src/test/resources/keras/apg.weights.h5,apg.yaml",
    "src/test/resources/keras/pepnet-keras2.h5,pepnet-keras2.yaml",
    "src/test/resources/keras/forms/k3-layered.h5,",
    "savedmodels/mmoe-keras2,",
    "savedmodels/apg-keras3,apg.yaml",
  })
  void isReadOrRefusedInOneLine(Path source, String config) throws IOException {
    Path damaged = temp.resolve(source.getFileName());
    List<Path> files = files(source);
    int refused = 0;
    long end = System.nanoTime() + BOX.toNanos();
    for (int seed = 0; seed < FILES && System.nanoTime() < end; seed++) {
      Random random = new Random(seed);
      copy(source, damaged);
      Path file = files.get(random.nextInt(files.size()));
      Path target = damaged.resolve(source.relativize(file).toString());
      Files.write(target, mutate(Files.readAllBytes(file), random));
      refused += isRefused(damaged, config, seed) ? 1 : 0;
    }
    assertThat(refused).as("files refused of " + FILES).isBetween(1, FILES);
  }

  /** Files of any model: those of the form, and the model's JSON where the form needs it. */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "keras3,whole.keras,whole.keras",
    "keras3,whole.h5,whole.h5",
    "keras3,object.weights.h5,'(object|model).*'",
    "keras3,shards.weights.json,'(shards|model).*'",
    "keras3,saved,'(saved|model).*'",
    "keras2,whole.keras,whole.keras",
    "keras2,whole.h5,whole.h5",
    "keras2,list.h5,'(list|model).*'",
    "keras2,object.weights.h5,'(object|model).*'",
    "keras2,saved,saved.*",
    "keras2,checkpoint,'(checkpoint|model).*'",
  })
  void isReadOrRefusedInOneLineOfAnyModel(String generation, String form, String mutated)
      throws IOException {
    Path source = RESOURCES.resolve("graphs/forms").resolve(generation);
    Path damaged = temp.resolve(generation);
    List<Path> files =
        files(source).stream()
            .filter(file -> source.relativize(file).toString().matches(mutated))
            .toList();
    int refused = 0;
    int tried = 0;
    long end = System.nanoTime() + BOX.toNanos();
    while (tried < FILES && System.nanoTime() < end) {
      int seed = tried++;
      Random random = new Random(seed);
      copy(source, damaged);
      Path file = files.get(random.nextInt(files.size()));
      Files.write(
          damaged.resolve(source.relativize(file).toString()),
          mutate(Files.readAllBytes(file), random));
      refused += isRefused(damaged.resolve(form), null, seed) ? 1 : 0;
    }
    assertThat(refused).as("files refused of " + tried).isBetween(1, tried);
  }

  private static List<Path> files(Path source) throws IOException {
    try (Stream<Path> walk = Files.walk(source)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void copy(Path source, Path target) throws IOException {
    if (Files.exists(target)) {
      MoreFiles.deleteRecursively(target, RecursiveDeleteOption.ALLOW_INSECURE);
    }
    try (Stream<Path> walk = Files.walk(source)) {
      for (Path from : walk.toList()) {
        Path relative = source.relativize(from);
        Files.copy(from, relative.toString().isEmpty() ? target : target.resolve(relative));
      }
    }
  }

  /** Flips bits, overwrites bytes, cuts, repeats a piece elsewhere. */
  private static byte[] mutate(byte[] bytes, Random random) {
    byte[] mutated = bytes.clone();
    int places = 1 + random.nextInt(4);
    switch (random.nextInt(5)) {
      case 0 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      case 1 -> {
        int length = Math.min(1 + random.nextInt(64), bytes.length / 2);
        int from = random.nextInt(bytes.length - length);
        int to = random.nextInt(bytes.length - length);
        System.arraycopy(bytes, from, mutated, to, length);
      }
      case 2 -> {
        for (int i = 0; i < places; i++) {
          mutated[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? 0xFF : 0);
        }
      }
      case 3 -> {
        for (int i = 0; i < places; i++) {
          mutated[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
      }
      default -> mutated[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return mutated;
  }

  /** Reads a file in every way that there is. */
  private static boolean isRefused(Path damaged, String config, int seed) {
    Optional<Path> yaml = Optional.ofNullable(config).map(RESOURCES::resolve);
    return isRefused(seed, () -> new Inspector().inspect(damaged))
        | isRefused(seed, () -> new KerasModels(Models.standard(), 1).read(damaged, yaml));
  }

  private static boolean isRefused(int seed, Runnable reading) {
    try {
      assertTimeoutPreemptively(HANG, reading::run, () -> "seed " + seed + ": it hangs");
      return false;
    } catch (InvalidInputException e) {
      assertThat(e.getMessage()).as("message at seed " + seed).isNotBlank().doesNotContain("\n");
      return true;
    } catch (RuntimeException | Error e) {
      return fail("seed " + seed + ": " + e, e);
    }
  }
}
