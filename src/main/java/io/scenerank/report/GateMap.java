package io.scenerank.report;

import com.google.common.collect.ImmutableList;
import io.scenerank.data.PackedRows;
import io.scenerank.feature.Schema;
import io.scenerank.model.Observations.Gate;
import io.scenerank.train.TrainingGraph;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What a gate does per scenario.
 *
 * @param gate name of the gate
 * @param about what it does, in a line for people
 * @param kind how its values are to be read
 * @param parts names of its values: columns, tasks or experts
 * @param scenarios the scenarios, and how many rows of each were looked at
 * @param means mean over a scenario's rows, [part][scenario]
 */
record GateMap(
    String gate,
    String about,
    Gate.Kind kind,
    ImmutableList<String> parts,
    ImmutableList<Scenario> scenarios,
    ImmutableList<ImmutableList<Double>> means) {

  /** A scenario and its rows in the sample. */
  public record Scenario(String name, int rows) {}

  /**
   * Means of what a gate did with some rows.
   *
   * @param rows in the order of the gate's values
   */
  static GateMap of(TrainingGraph.GateValues gate, PackedRows rows, Schema.Scenario names) {
    int[] ids = IntStream.range(0, rows.size()).map(rows::scenario).distinct().sorted().toArray();
    double[][] sums = new double[gate.parts().size()][ids.length];
    int[] counts = new int[ids.length];
    for (int i = 0; i < rows.size(); i++) {
      int scenario = Arrays.binarySearch(ids, rows.scenario(i));
      counts[scenario]++;
      for (int part = 0; part < sums.length; part++) {
        sums[part][scenario] += gate.value(i, part);
      }
    }
    return new GateMap(
        gate.name(),
        gate.about(),
        gate.kind(),
        gate.parts(),
        IntStream.range(0, ids.length)
            .mapToObj(scenario -> new Scenario(names.nameOf(ids[scenario]), counts[scenario]))
            .collect(ImmutableList.toImmutableList()),
        Arrays.stream(sums)
            .map(sum -> means(sum, counts))
            .collect(ImmutableList.toImmutableList()));
  }

  private static ImmutableList<Double> means(double[] sums, int[] counts) {
    return IntStream.range(0, sums.length)
        .mapToObj(scenario -> sums[scenario] / counts[scenario])
        .collect(ImmutableList.toImmutableList());
  }
}
