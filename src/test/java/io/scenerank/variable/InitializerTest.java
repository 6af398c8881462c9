package io.scenerank.variable;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Floats;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Node;
import io.scenerank.testing.TestGraph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** First values against those that Keras 3 gave, written by make_initializer_goldens.py. */
class InitializerTest {
  private static final Path GOLDEN = Path.of("src/test/resources/initializers.h5");
  private static final ImmutableMap<String, Initializer> BY_NAME =
      ImmutableMap.of(
          "glorot_uniform", Initializer.GLOROT_UNIFORM,
          "glorot_uniform_of_1_input_axes", Initializer.glorotUniform(1),
          "glorot_uniform_of_2_input_axes", Initializer.glorotUniform(2),
          "uniform", Initializer.UNIFORM,
          "zeros", Initializer.ZEROS);

  record Golden(String name, String initializer, int seed, FloatTensor expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Golden> goldens() {
    List<Golden> goldens = new ArrayList<>();
    try (HdfFile file = new HdfFile(GOLDEN)) {
      for (Node node : file) {
        Dataset dataset = (Dataset) node;
        long[] shape = new long[dataset.getDimensions().length];
        for (int i = 0; i < shape.length; i++) {
          shape[i] = dataset.getDimensions()[i];
        }
        goldens.add(
            new Golden(
                dataset.getName(),
                (String) dataset.getAttribute("initializer").getData(),
                Math.toIntExact((long) dataset.getAttribute("seed").getData()),
                new FloatTensor(Shape.of(shape), (float[]) dataset.getDataFlat())));
      }
    }
    return goldens.stream();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void givesKerasValuesBitForBit(Golden golden) {
    try (TestGraph graph = new TestGraph()) {
      FloatTensor values =
          graph.run(
              BY_NAME
                  .get(golden.initializer())
                  .call(graph.tf(), golden.expected().shape(), golden.seed()));
      assertThat(values.shape()).isEqualTo(golden.expected().shape());
      assertThat(values.values()).as(golden.name()).isEqualTo(golden.expected().values());
    }
  }

  static Stream<Initializer> initializersOfRows() {
    return Stream.of(
        Initializer.UNIFORM,
        Initializer.uniform(-1, 3),
        Initializer.normal(0, 1),
        Initializer.truncatedNormal(0, 1),
        Initializer.identity(2),
        Initializer.constant(0.5f));
  }

  /** A table that grows has the same first rows, however wide it is and however much it grows. */
  @ParameterizedTest
  @MethodSource("initializersOfRows")
  void rowsDoNotDependOnHowManyThereAre(Initializer initializer) {
    try (TestGraph graph = new TestGraph()) {
      for (int width : new int[] {1, 3, 16}) {
        float[] few = graph.values(initializer.call(graph.tf(), Shape.of(101, width), 7));
        for (int rows : new int[] {102, 130, 70_001}) {
          float[] more = graph.values(initializer.call(graph.tf(), Shape.of(rows, width), 7));
          assertThat(Arrays.copyOf(more, few.length)).as("%s × %s", rows, width).isEqualTo(few);
        }
      }
    }
  }

  @Test
  void goldensCoverEveryInitializerAndTheLargestSeed() {
    assertThat(goldens().map(Golden::initializer)).containsAll(BY_NAME.keySet());
    assertThat(goldens().map(Golden::seed)).contains(0, Integer.MAX_VALUE);
    assertThat(goldens()).hasSizeGreaterThan(50);
  }

  static Stream<Arguments> shapesOfSeveralRanges() {
    return Stream.of(Shape.of(23, 1), Shape.of(9, 3), Shape.of(40, 8), Shape.of(12, 2, 3))
        .flatMap(
            shape ->
                Stream.concat(
                        BY_NAME.values().stream(),
                        Stream.of(
                            Initializer.constant(0.5f),
                            (tf, of, seed) -> Initializer.UNIFORM.call(tf, of, seed + 1)))
                    .map(initializer -> Arguments.of(initializer, shape)));
  }

  @ParameterizedTest
  @MethodSource("shapesOfSeveralRanges")
  void rowsAreThoseOfTheWholeBitForBit(Initializer initializer, Shape shape) {
    try (TestGraph graph = new TestGraph()) {
      for (int seed : new int[] {0, 7, Integer.MAX_VALUE}) {
        Map<String, Operand<TFloat32>> operands = new LinkedHashMap<>();
        operands.put("whole", initializer.call(graph.tf(), shape, seed));
        long end = shape.get(0);
        for (long first = 0; first < end; first += 8) {
          long count = Math.min(8, end - first);
          operands.put("from " + first, initializer.rows(graph.tf(), shape, seed, first, count));
        }
        Map<String, FloatTensor> values = graph.run(operands);
        float[] whole = values.remove("whole").values();
        float[] joined =
            Floats.concat(
                values.values().stream().map(FloatTensor::values).toArray(float[][]::new));
        assertThat(joined).as("seed %s", seed).isEqualTo(whole);
      }
    }
  }

  @Test
  void constantFillsTheShape() {
    try (TestGraph graph = new TestGraph()) {
      assertThat(graph.values(Initializer.constant(0.1f).call(graph.tf(), Shape.of(2, 1), 7)))
          .containsExactly(0.1f, 0.1f);
    }
  }
}
