package io.scenerank.variable;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.testing.Homes;
import io.scenerank.testing.TestGraph;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Where variables live, and how those of one home are read together. */
class PlacementTest {

  @Test
  void aTableIsOnAllHomesAndAnyOtherVariableWhereTheFewestValuesAre() {
    ImmutableList<Placement.VariableDevice> homes = Homes.of(3);
    Placement placement = Placement.spread(homes);
    assertThat(placement.homes(Shape.of(100, 4), true)).isEqualTo(homes);
    assertThat(
            List.of(Shape.of(10, 2), Shape.of(5), Shape.of(2, 2), Shape.of(3), Shape.scalar())
                .stream()
                .map(shape -> homes.indexOf(placement.homes(shape, false).get(0))))
        .as("20 | 5 | 4, then 3 on the last, then 1 on the second")
        .containsExactly(0, 1, 2, 2, 1);
  }

  /** No home has more than the evenly spread one and the largest variable besides. */
  @Property(tries = 100)
  void sizesAreSpreadEvenly(
      @ForAll @IntRange(min = 1, max = 5) int homes,
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 1000) Integer> sizes) {
    Placement placement = Homes.spread(homes);
    long[] values = new long[homes];
    for (int size : sizes) {
      Placement.VariableDevice home = placement.homes(Shape.of(size), false).get(0);
      values[Homes.of(homes).indexOf(home)] += size;
    }
    long all = sizes.stream().mapToLong(Integer::longValue).sum();
    long largest = sizes.stream().mapToLong(Integer::longValue).max().orElseThrow();
    for (long value : values) {
      assertThat(value).isLessThanOrEqualTo(all / homes + largest);
    }
  }

  @Test
  void everythingIsBesideTheGraphsOpsUnlessItIsPlacedElsewhere() {
    Placement local = Placement.local();
    assertThat(local.homes(Shape.of(100, 4), true)).containsExactly(Placement.VariableDevice.LOCAL);
    assertThat(local.homes(Shape.of(4), false)).containsExactly(Placement.VariableDevice.LOCAL);
  }

  @Test
  void variablesOfAHomeAreOneVectorOnTheWay() {
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf();
      WeightStore store = graph.store(1, Homes.spread(2));
      store.root().add("kernel", Shape.of(2, 3), Initializer.UNIFORM, 0); // first home
      store.root().add("bias", Shape.of(3), Initializer.constant(2), 0); // second
      store.root().add("gate", Shape.of(1), Initializer.constant(7), 0); // second
      store.root().add("out", Shape.of(1, 2), Initializer.UNIFORM, 0); // second
      graph.initialize(store);
      ImmutableMap<Placement.VariableDevice, Weight.Bundle> bundles =
          Weight.Bundle.byHome(store.weights());
      assertThat(bundles.keySet()).containsExactlyElementsOf(Homes.of(2));
      assertThat(bundles.values().stream().map(bundle -> bundle.weights().size()))
          .containsExactly(1, 3);
      for (Weight.Bundle bundle : bundles.values()) {
        Map<Weight, Operand<TFloat32>> read = bundle.read(tf);
        assertThat(read.keySet()).containsExactlyElementsOf(bundle.weights());
        read.forEach(
            (weight, value) -> {
              assertThat(graph.run(value).shape()).isEqualTo(weight.shape());
              assertThat(graph.values(value)).isEqualTo(graph.values(weight.value()));
            });
      }
    }
  }

  @Test
  void slotsAreBesideTheirVariables() {
    try (TestGraph graph = new TestGraph()) {
      WeightStore store = graph.store(1, Homes.spread(3));
      ImmutableList<Weight.Part> parts =
          ImmutableList.of(
              new Weight.Part("user", Shape.of(7, 2), 0, Initializer.ZEROS),
              new Weight.Part("item", Shape.of(4, 2), 7, Initializer.ZEROS));
      Weight table = store.add("fused", Shape.of(11, 2), parts, 0, true);
      Weight dense = store.root().add("kernel", Shape.of(2, 2), Initializer.ZEROS, 0);
      for (Weight of : List.of(table, dense)) {
        Weight slot = graph.store(1).addBeside(of, "slot/" + of.path(), of.parts());
        assertThat(slot.shards().stream().map(Weight.Shard::home))
            .containsExactlyElementsOf(of.shards().stream().map(Weight.Shard::home).toList());
        assertThat(slot.shards().stream().map(Weight.Shard::shape))
            .containsExactlyElementsOf(of.shards().stream().map(Weight.Shard::shape).toList());
      }
    }
  }
}
