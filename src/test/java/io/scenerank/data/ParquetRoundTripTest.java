package io.scenerank.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.scenerank.data.DuckDb.DuckDbOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ParquetRoundTripTest {
  /** Rows of random values, with probabilities or without, read back with any number of threads. */
  @Property(tries = 12)
  void readsWhatWasWritten(
      @ForAll @IntRange(min = 1, max = 5000) int count,
      @ForAll boolean probabilities,
      @ForAll @IntRange(min = 1, max = 3) int threads,
      @ForAll long seed)
      throws IOException {
    PackedRows rows = random(count, probabilities, new Random(seed));
    Path temp = Files.createTempDirectory("round-trip");
    try {
      Path out = temp.resolve("data");
      DatasetWriter.write(
          out,
          false,
          Fixtures.schema(),
          writer -> {
            copy(rows, writer.train());
            copy(rows, writer.test());
          });
      PackedRows read = PreparedDataset.open(out, new DuckDbOptions(threads)).test();
      assertThat(read.hasProbabilities()).isEqualTo(probabilities);
      assertThat(Fixtures.dump(read)).isEqualTo(Fixtures.dump(rows));
    } finally {
      MoreFiles.deleteRecursively(temp, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static PackedRows random(int count, boolean probabilities, Random random) {
    PackedRows.Builder builder =
        probabilities
            ? PackedRows.builderWithProbabilities(Fixtures.format())
            : PackedRows.builder(Fixtures.format());
    int[] limits = Fixtures.format().layout().idLimits();
    for (int row = 0; row < count; row++) {
      int[] ids = new int[limits.length];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = random.nextInt(limits[i]);
      }
      float[] dense = {random.nextFloat(), (float) random.nextGaussian() * 1e30f, -0f};
      float[] labels = {random.nextInt(2), random.nextInt(2)};
      float[] truth =
          probabilities ? new float[] {random.nextFloat(), random.nextFloat()} : new float[0];
      builder.add(ids, dense, labels, truth);
    }
    return builder.build();
  }

  private static void copy(PackedRows rows, DatasetWriter.Rows split) throws IOException {
    for (int row = 0; row < rows.size(); row++) {
      int[] ids = new int[rows.layout().idWidth()];
      float[] dense = new float[rows.layout().denseWidth()];
      rows.copyIds(row, 0, ids, 0, ids.length);
      rows.copyDense(row, 0, dense, 0, dense.length);
      float[] labels = {rows.label(row, 0), rows.label(row, 1)};
      float[] truth =
          rows.hasProbabilities()
              ? new float[] {rows.probability(row, 0), rows.probability(row, 1)}
              : new float[0];
      split.add(ids, dense, labels, truth);
    }
  }
}
