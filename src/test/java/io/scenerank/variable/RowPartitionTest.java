package io.scenerank.variable;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import io.scenerank.testing.TestGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Sorting rows by their shards, and back. */
class RowPartitionTest {

  private static List<Integer> ints(TestGraph graph, Operand<TInt32> value) {
    try (Result result = graph.session().runner().fetch(value).run()) {
      int[] values = new int[Math.toIntExact(result.get(0).size())];
      ((TInt32) result.get(0)).asRawTensor().data().asInts().read(values);
      return Ints.asList(values);
    }
  }

  @Property(tries = 60)
  void rowsAndWhatBelongsToThemGoToTheirShardAndBack(
      @ForAll @IntRange(min = 1, max = 5) int shards,
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 0, max = 40) Integer> rows) {
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf();
      Weight.RowPartition partition =
          Weight.RowPartition.of(tf, shards, tf.constant(Ints.toArray(rows)));
      float[][] values = new float[rows.size()][2];
      for (int i = 0; i < values.length; i++) {
        values[i] = new float[] {i, -i};
      }
      Operand<TFloat32> all = graph.constant(values);
      for (int shard = 0; shard < shards; shard++) {
        int of = shard;
        int[] places =
            IntStream.range(0, rows.size()).filter(i -> rows.get(i) % shards == of).toArray();
        List<Integer> local = new ArrayList<>();
        List<Float> theirs = new ArrayList<>();
        for (int place : places) {
          local.add(rows.get(place) / shards);
          theirs.addAll(Floats.asList(values[place]));
        }
        assertThat(ints(graph, partition.local().get(shard))).isEqualTo(local);
        assertThat(Floats.asList(graph.values(partition.values(tf, all).get(shard))))
            .isEqualTo(theirs);
      }
      assertThat(graph.values(partition.merge(tf, partition.values(tf, all))))
          .isEqualTo(graph.values(all));
    }
  }
}
