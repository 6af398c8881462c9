package io.scenerank.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.EncodingFingerprint;
import io.scenerank.feature.Schema;
import io.scenerank.testing.GrowingDays;
import io.scenerank.testing.ParquetTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Data and checkpoints that a run cannot grow with. */
@Tag("slow")
class RefusedGrowthTest extends GrowingRuns {
  private void requireRefused(Path run, Path data, String message) {
    Path out = temp.resolve("refused");
    assertThatThrownBy(() -> Runs.standard().run(small(RunRequest.from(run, data), out)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
    assertThat(out).doesNotExist();
  }

  @Test
  void dataThatIsNoLaterDayIsRefusedByTable() throws Exception {
    Path run = train("lazy_adam");
    Path next = temp.resolve("next");
    Runs.standard().run(small(RunRequest.from(run, DAYS.get(1)), next));
    requireRefused(next, DAYS.get(0), "table 'item'");

    Path other = temp.resolve("other");
    Schema schema = GrowingDays.schema(1);
    EncodingFingerprint strange =
        new EncodingFingerprint(
            ImmutableMap.copyOf(
                Maps.transformValues(
                    schema.fingerprint().columns(),
                    column ->
                        new EncodingFingerprint.Column(
                            column.table(),
                            column.vocabulary(),
                            column.encoding(),
                            column.earlier().stream()
                                .map(digest -> digest + "x")
                                .collect(ImmutableList.toImmutableList())))));
    GrowingDays.write(other, 1, schema.withFingerprint(strange));
    requireRefused(run, other, "table 'item'");

    Path smaller = temp.resolve("smaller");
    GrowingDays.write(
        smaller, 0, GrowingDays.schema(0).withFingerprint(GrowingDays.schema(2).fingerprint()));
    requireRefused(
        next,
        smaller,
        "table 'item' has 30 ids, but 41 in the data of the run "
            + next
            + ": a table that is"
            + " extended has at least as many as before");

    Path old = GrowingDays.write(temp.resolve("old"), 1);
    Path vocabulary = old.resolve("vocab/item.parquet");
    Path without = temp.resolve("without.parquet");
    ParquetTable.write(without, "SELECT value, id FROM read_parquet('" + vocabulary + "')");
    Files.move(without, vocabulary, StandardCopyOption.REPLACE_EXISTING);
    requireRefused(
        run,
        old,
        vocabulary
            + ": does not say in which generation its ids were given, expected the column 'since'");
  }

  @Test
  void aCheckpointOfAnotherDayIsRefusedByTable() throws IOException {
    Path run = train("lazy_adam");
    Path next = temp.resolve("next");
    Runs.standard().run(small(RunRequest.from(run, DAYS.get(1)), next));
    Path checkpoint = run.resolve("checkpoint/epoch-00001");
    MoreFiles.deleteRecursively(checkpoint, RecursiveDeleteOption.ALLOW_INSECURE);
    try (Stream<Path> files = Files.list(next.resolve("checkpoint/epoch-00001"))) {
      Files.createDirectory(checkpoint);
      for (Path file : files.toList()) {
        Files.copy(file, checkpoint.resolve(file.getFileName()));
      }
    }
    requireRefused(
        run,
        DAYS.get(2),
        checkpoint.resolve("fingerprint.json")
            + ": the checkpoint is of a model that was trained on other data than the run's: table"
            + " 'item'");
  }
}
