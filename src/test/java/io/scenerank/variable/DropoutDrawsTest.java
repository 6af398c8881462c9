package io.scenerank.variable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.scenerank.layer.base.Arguments;
import io.scenerank.layer.base.BoundLayer;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.Layer.CallContext;
import io.scenerank.layer.base.MaskedTensor;
import io.scenerank.layer.base.Noise.DropoutCall;
import io.scenerank.testing.TestGraph;
import io.scenerank.testing.TestLayers;
import io.scenerank.variable.LayerScope.Training;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.tensorflow.Operand;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/** Decisions that are fed against those that ops of the graph draw: the same. */
@Tag("slow")
class DropoutDrawsTest {
  private TestGraph graph;
  private Ops tf;
  private DropoutDraws draws;

  @BeforeTry
  void open() {
    graph = new TestGraph();
    tf = graph.tf();
    draws = new DropoutDraws(tf);
  }

  @AfterTry
  void close() {
    graph.close();
  }

  private static FloatTensor ones(long... dimensions) {
    Shape shape = Shape.of(dimensions);
    float[] values = new float[Math.toIntExact(shape.size())];
    Arrays.fill(values, 1f);
    return new FloatTensor(shape, values);
  }

  /** A store whose dropout at "recorded" drops, fed or by ops. */
  private WeightStore store(Optional<DropoutDraws> fed, boolean replays) {
    Training training =
        new Training(
            graph.step(),
            replays
                ? Optional.of(ImmutableMap.of("recorded", new Training.DropoutSeed(-3, 7)))
                : Optional.empty(),
            fed);
    return new WeightStore(graph.graph(), tf, new Seeds(1), Optional.of(training));
  }

  /** Ones of which dropout leaves some, of the calls of two layers side by side on axis 1. */
  private Operand<TFloat32> dropped(WeightStore store, Operand<TFloat32> x, int calls, float rate) {
    DropoutCall first = built(dropout(store, "recorded", rate, calls), x);
    DropoutCall second = built(dropout(store, "not recorded", rate, 1), x);
    Operand<TFloating> all =
        DropoutCall.sideBySide(
            new CallContext(tf, store.training(), 0),
            floats(x),
            IntStream.rangeClosed(0, calls)
                .mapToObj(
                    call ->
                        call < calls
                            ? new DropoutCall.Numbered(first, call)
                            : new DropoutCall.Numbered(second, 0))
                .toList());
    return Casts.to(tf, all, TFloat32.class);
  }

  private static BoundLayer dropout(WeightStore store, String name, float rate, int calls) {
    return TestLayers.bind(store.root(), name, "Dropout", Map.of("rate", rate), calls);
  }

  private static DropoutCall built(BoundLayer layer, Operand<TFloat32> x) {
    return (DropoutCall) layer.built(Arguments.of(MaskedTensor.of(x)));
  }

  private static Operand<TFloating> floats(Operand<TFloat32> x) {
    return MaskedTensor.of(x).floats();
  }

  private void feed(int step, int rows) {
    graph.setStep(step);
    TBool kept = TBool.tensorOf(Shape.of(draws.width(), rows));
    draws.sampler().draw(step, kept);
    graph.set(draws.kept(), kept);
  }

  @Property(tries = 30)
  void fedDropoutDropsTheSame(
      @ForAll @IntRange(min = 1, max = 70) int rows,
      @ForAll @IntRange(min = 1, max = 4) int calls,
      @ForAll @IntRange(min = 1, max = 3) int n,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = 0) int step,
      @ForAll boolean replays) {
    int axis = (calls + 1) * n;
    Placeholder<TFloat32> wide = input(Shape.of(-1, axis, width), ones(rows, axis, width));
    Placeholder<TFloat32> flat = input(Shape.of(-1, width), ones(rows, width));
    WeightStore plain = store(Optional.empty(), replays);
    WeightStore fed = store(Optional.of(draws), replays);
    Operand<TFloat32> wideByOps = dropped(plain, wide, calls, 0.3f);
    Operand<TFloat32> wideFed = dropped(fed, wide, calls, 0.3f);
    Operand<TFloat32> flatByOps = alone(plain, flat);
    Operand<TFloat32> flatFed = alone(fed, flat);
    // In a replay, the wide one has a call that drops nothing and is drawn by ops.
    assertThat(draws.width())
        .as("decisions a row")
        .isEqualTo(replays ? width : axis * width + width);
    feed(step, rows);
    ImmutableMap<String, Operand<TFloat32>> all =
        ImmutableMap.of(
            "wide ops", wideByOps, "wide", wideFed, "flat ops", flatByOps, "flat", flatFed);
    Map<String, FloatTensor> values = graph.run(all);
    assertThat(values.get("wide").values()).isEqualTo(values.get("wide ops").values());
    assertThat(values.get("flat").values()).isEqualTo(values.get("flat ops").values());
  }

  /** Of a batch that is drawn in parts, each row has the decisions of the whole. */
  @Property(tries = 100)
  void someRowsOfABatchDropTheSame(
      @ForAll @IntRange(min = 1, max = 300) int rows,
      @ForAll @IntRange(min = 0, max = 300) int from,
      @ForAll @IntRange(min = 1, max = 300) int count,
      @ForAll @IntRange(min = 1, max = 4) int calls,
      @ForAll @IntRange(min = 1, max = 7) int width,
      @ForAll int step) {
    int first = from % rows;
    int size = Math.min(count, rows - first);
    int axis = calls + 1;
    WeightStore fed = store(Optional.of(draws), false);
    dropped(fed, input(Shape.of(-1, axis, width), ones(1, axis, width)), calls, 0.3f);
    alone(fed, input(Shape.of(-1, width), ones(1, width)));
    DropoutDraws.Sampler sampler = draws.sampler();
    try (TBool whole = TBool.tensorOf(Shape.of(draws.width(), rows));
        TBool part = TBool.tensorOf(Shape.of(draws.width(), size))) {
      sampler.draw(step, whole);
      sampler.draw(step, first, part);
      // In memory a region has the values of a row after those of the row before.
      int[] begins = {0, axis * width};
      int[] widths = {axis * width, width};
      for (int region = 0; region < begins.length; region++) {
        byte[] expected =
            bytes(whole, begins[region] * rows + first * widths[region], size * widths[region]);
        byte[] found = bytes(part, begins[region] * size, size * widths[region]);
        assertThat(Arrays.mismatch(found, expected))
            .as("first that differs in %d", region)
            .isEqualTo(-1);
      }
    }
  }

  private static byte[] bytes(TBool tensor, long offset, int count) {
    byte[] bytes = new byte[count];
    ByteDataBuffer data = tensor.asRawTensor().data();
    data.offset(offset).read(bytes);
    return bytes;
  }

  /** Decisions that another op gives, as one that takes them out of a queue. */
  @Example
  void decisionsOfAnOpAreTaken() {
    TBool kept = TBool.tensorOf(Shape.of(4, 3));
    Placeholder<TBool> source = tf.placeholder(TBool.class, Placeholder.shape(Shape.of(4, -1)));
    DropoutDraws given = new DropoutDraws(tf.identity(source));
    WeightStore store = store(Optional.of(given), false);
    Operand<TFloat32> x = input(Shape.of(-1, 4), ones(3, 4));
    Operand<TFloat32> fed = alone(store, x);
    Operand<TFloat32> byOps = alone(store(Optional.empty(), false), x);
    graph.setStep(5);
    given.sampler().draw(5, kept);
    graph.set(source, kept);
    assertThat(given.width()).isEqualTo(4);
    assertThat(graph.values(fed)).isEqualTo(graph.values(byOps));
  }

  private Placeholder<TFloat32> input(Shape shape, FloatTensor value) {
    Placeholder<TFloat32> placeholder = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
    graph.set(placeholder, value.toTensor());
    return placeholder;
  }

  private Operand<TFloat32> alone(WeightStore store, Operand<TFloat32> x) {
    return call(store, "recorded", 0.9f, x);
  }

  private Operand<TFloat32> call(WeightStore store, String name, float rate, Operand<TFloat32> x) {
    return Casts.to(tf, dropout(store, name, rate, 1).call(tf, floats(x)), TFloat32.class);
  }

  @Example
  void rowsThatAreNotTheBatchsDrawByOps() {
    WeightStore fed = store(Optional.of(draws), false);
    alone(fed, graph.input(ones(3, 4)));
    assertThat(draws.isEmpty()).as("rows are known: 3, for any batch").isTrue();
  }

  /** In a replay, tensors without a record are unchanged. */
  @Example
  void whatDropsNothingIsNotScaled() {
    Placeholder<TFloat32> x = input(Shape.of(-1, 2, 4), ones(3, 2, 4));
    FloatTensor values =
        graph.run(Map.of("x", dropped(store(Optional.of(draws), true), x, 1, 0.5f))).get("x");
    for (int row = 0; row < 3; row++) {
      float[] ofRow = Arrays.copyOfRange(values.values(), 8 * row, 8 * row + 8);
      assertThat(Arrays.copyOf(ofRow, 4)).as("recorded").containsOnly(0f, 2f);
      assertThat(Arrays.copyOfRange(ofRow, 4, 8)).as("not recorded").containsOnly(1f);
    }
  }

  @Example
  void whatDropsNothingIsNotFed() {
    WeightStore fed = store(Optional.of(draws), true);
    Operand<TFloat32> x = input(Shape.of(-1, 4), ones(3, 4));
    assertThat(call(fed, "not recorded", 0.5f, x)).isSameAs(x);
    assertThat(call(fed, "recorded", 0f, x)).isSameAs(x);
    assertThat(draws.isEmpty()).isTrue();
  }

  @Example
  void decisionsForAnotherNumberOfRowsAreRefused() {
    Operand<TFloat32> out =
        alone(store(Optional.of(draws), false), input(Shape.of(-1, 4), ones(3, 4)));
    feed(0, 2);
    assertThatThrownBy(() -> graph.run(out))
        .isInstanceOf(TFInvalidArgumentException.class)
        .hasMessageContaining("8 values, but the requested shape has 12");
  }
}
