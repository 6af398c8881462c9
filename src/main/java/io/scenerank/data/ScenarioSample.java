package io.scenerank.data;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ListMultimap;
import com.google.common.primitives.Ints;
import io.scenerank.data.RowSource.RowCursor;
import io.scenerank.data.RowSource.RowFormat;
import java.util.Arrays;
import java.util.List;

/** Some rows of every scenario, so that a rare one is looked at as closely as a frequent one. */
final class ScenarioSample {
  /** What a scenario has at least, if it has as many rows, however many scenarios there are. */
  private static final int LEAST = 20;

  // Keeps the draw apart from the shuffles of the epochs and the split, which take the same seed.
  private static final int STREAM = -2;

  private static final float[] NO_PROBABILITIES = {};

  private ScenarioSample() {}

  /**
   * Draws the same number of rows of each scenario, or all of a scenario with fewer, and takes them
   * into memory. Depends only on the arguments.
   *
   * @param size rows in all, roughly; more where each scenario's 20 rows are more
   * @return the rows drawn, in their order, without true probabilities
   */
  static PackedRows draw(RowSource rows, int size, long seed) {
    ListMultimap<Integer, Integer> byScenario = ArrayListMultimap.create();
    try (RowCursor cursor = rows.cursor()) {
      for (int row = 0; cursor.next(); row++) {
        byScenario.put(cursor.rows().scenario(cursor.row()), row);
      }
    }
    int most = Math.max(LEAST, size / Math.max(1, byScenario.keySet().size()));
    int[] drawn =
        byScenario.keySet().stream()
            .sorted()
            .flatMapToInt(id -> Arrays.stream(draw(byScenario.get(id), most, seed, id)))
            .toArray();
    Arrays.sort(drawn);
    return copy(rows, drawn);
  }

  private static PackedRows copy(RowSource rows, int[] numbers) {
    RowFormat format = rows.format();
    PackedRows.Builder builder = PackedRows.builder(format);
    int[] ids = new int[format.layout().idWidth()];
    float[] dense = new float[format.layout().denseWidth()];
    float[] labels = new float[format.tasks().size()];
    float[] weights = new float[format.weightColumns().size()];
    // In the file's order with any windows: the numbers ascend.
    try (RowCursor cursor = rows.cursor()) {
      int number = 0;
      for (int next : numbers) {
        while (number <= next) {
          cursor.next();
          number++;
        }
        PackedRows from = cursor.rows();
        int row = cursor.row();
        from.copyIds(row, 0, ids, 0, ids.length);
        from.copyDense(row, 0, dense, 0, dense.length);
        for (int task = 0; task < labels.length; task++) {
          labels[task] = from.label(row, task);
        }
        from.copyWeights(row, weights);
        builder.add(ids, dense, labels, NO_PROBABILITIES, weights);
      }
    }
    return builder.build();
  }

  private static int[] draw(List<Integer> rows, int most, long seed, int scenario) {
    int[] all = Ints.toArray(rows);
    StableRandom random = StableRandom.of(seed, STREAM, scenario);
    int count = Math.min(most, all.length);
    for (int i = 0; i < count; i++) {
      int j = i + random.nextInt(all.length - i);
      int row = all[i];
      all[i] = all[j];
      all[j] = row;
    }
    return Arrays.copyOf(all, count);
  }
}
