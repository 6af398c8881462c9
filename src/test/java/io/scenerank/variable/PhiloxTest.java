package io.scenerank.variable;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.testing.TestGraph;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The generator against TensorFlow's own op. */
class PhiloxTest {
  private static final byte UNTOUCHED = 7;

  private final Philox philox = new Philox();

  @Provide
  Arbitrary<Float> rates() {
    return Arbitraries.floats()
        .between(0f, true, 1f, false)
        .ofScale(7)
        .edgeCases(
            edges -> edges.add(0f, Float.MIN_VALUE, 0x1p-23f, 0.1f, 0.5f, Math.nextDown(1f)));
  }

  @Property(tries = 200)
  void decidesAsTheOpDoes(
      @ForAll int seed,
      @ForAll int counter,
      @ForAll("rates") float rate,
      @ForAll @IntRange(min = 1, max = 5000) int count) {
    byte[] kept = new byte[count + 1];
    kept[count] = UNTOUCHED;
    philox.decide(seed, counter, rate, kept, count);
    byte[] expected = new byte[count + 1];
    expected[count] = UNTOUCHED;
    float[] uniform = uniform(seed, counter, count);
    for (int i = 0; i < count; i++) {
      expected[i] = (byte) (uniform[i] >= rate ? 1 : 0);
    }
    assertThat(Arrays.mismatch(kept, expected))
        .as("first of %d decisions that differs for seeds %d, %d", count, seed, counter)
        .isEqualTo(-1);
  }

  @Property(tries = 200)
  void fromTheMiddleOfTheStreamDecidesTheSame(
      @ForAll int seed,
      @ForAll int counter,
      @ForAll @IntRange(max = 5000) int first,
      @ForAll @IntRange(min = 1, max = 5000) int count) {
    byte[] whole = new byte[first + count];
    philox.decide(seed, counter, 0.4f, whole, whole.length);
    byte[] part = new byte[count + 1];
    part[count] = UNTOUCHED;
    philox.decide(seed, counter, 0.4f, first, part, count);
    assertThat(
            Arrays.mismatch(
                Arrays.copyOf(part, count), Arrays.copyOfRange(whole, first, whole.length)))
        .as("first of %d decisions that differs", count)
        .isEqualTo(-1);
    assertThat(part[count]).isEqualTo(UNTOUCHED);
  }

  /** A number is kept at the rate that is its own value, and dropped at the next one. */
  @Property(tries = 20)
  void theRateItselfIsKept(@ForAll int seed, @ForAll int counter) {
    float[] uniform = uniform(seed, counter, 40);
    byte[] kept = new byte[40];
    for (int i = 0; i < uniform.length; i++) {
      philox.decide(seed, counter, uniform[i], kept, kept.length);
      assertThat(kept[i]).as("%s at this rate", uniform[i]).isEqualTo((byte) 1);
      philox.decide(seed, counter, Math.nextUp(uniform[i]), kept, kept.length);
      assertThat(kept[i]).as("%s at a rate just above", uniform[i]).isEqualTo((byte) 0);
    }
  }

  private static float[] uniform(int seed, int counter, int count) {
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf();
      Operand<TFloat32> uniform =
          tf.random.statelessRandomUniform(
              tf.constant(new int[] {count}), tf.constant(new int[] {seed, counter}));
      return graph.values(uniform);
    }
  }
}
