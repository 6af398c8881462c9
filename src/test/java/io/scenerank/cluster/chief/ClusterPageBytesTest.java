package io.scenerank.cluster.chief;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.data.Batch;
import io.scenerank.data.Batcher;
import io.scenerank.data.PackedRows;
import io.scenerank.data.PreparedDataset;
import io.scenerank.data.RowSequence;
import io.scenerank.data.RowSequence.Split;
import io.scenerank.data.synthetic.SyntheticSource;
import io.scenerank.data.synthetic.SyntheticSource.SyntheticOptions;
import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import io.scenerank.train.experiment.ExperimentReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page on several machines says what StepPlan says of the built-in data. */
class ClusterPageBytesTest {
  private static final Path PAGE = Path.of("docs/cluster.md");
  private static final int[] BATCH_SIZES = {128, 1024};
  private static final int ROWS = 20_000;
  private static final int BATCHES = 10;
  private static final long SEED = 1;

  @TempDir private Path temp;

  private static String row(String model, int batchSize, List<StepPlan.Bytes> steps) {
    return String.format(
        Locale.ROOT,
        "| `%s` | %,d | %s | %s | %s | %s |",
        model,
        batchSize,
        kilobytes(steps, StepPlan.Bytes::dense),
        kilobytes(steps, StepPlan.Bytes::rows),
        kilobytes(steps, StepPlan.Bytes::gradients),
        kilobytes(steps, StepPlan.Bytes::total));
  }

  private static String kilobytes(
      List<StepPlan.Bytes> steps, ToLongFunction<StepPlan.Bytes> bytes) {
    return String.format(
        Locale.ROOT, "%,.0f", steps.stream().mapToLong(bytes).average().orElseThrow() / 1000);
  }

  /** The first steps of a training. */
  private static List<StepPlan.Bytes> steps(
      ModelDefinition<?> definition, PackedRows rows, int batchSize) {
    List<StepPlan.Bytes> steps = new ArrayList<>();
    try (StepPlan plan = new StepPlan(definition);
        Batcher batches =
            Batcher.of(rows)
                .reading(definition.layout(), List.of())
                .order(RowSequence.shuffled(Split.of(rows.size(), 0, SEED), 0, SEED, 0))
                .batchSize(batchSize)
                .start()) {
      for (int i = 0; i < BATCHES; i++) {
        try (Batch batch = batches.next()) {
          steps.add(plan.bytes(batch));
        }
      }
    }
    return steps;
  }

  @Test
  void theTableOfBytesIsWhatThePlanSays() throws IOException {
    Path data = temp.resolve("data");
    new SyntheticSource(new SyntheticOptions(ROWS, SEED)).write(data, false);
    PreparedDataset dataset = PreparedDataset.open(data);
    PackedRows rows = dataset.train();
    ExperimentReader reader = new ExperimentReader(Models.standard());
    List<String> expected = new ArrayList<>();
    for (String model : Models.standard().names()) {
      ModelDefinition<?> definition =
          reader
              .read(Models.standard().get(model), Optional.empty(), List.of(), dataset.schema())
              .definition();
      for (int batchSize : BATCH_SIZES) {
        expected.add(row(model, batchSize, steps(definition, rows, batchSize)));
      }
    }
    assertThat(Files.readAllLines(PAGE)).containsSubsequence(expected);
  }
}
