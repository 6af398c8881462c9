package io.scenerank.layer.preprocessing;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;

/**
 * Keras' {@code IntegerLookup}: the place of an integer in a vocabulary, as in {@link IndexLookup}.
 * With several places for unknown integers, the remainder chooses, or the hash of the decimal text
 * with {@code oov_method} farmhash. Source: Keras' layer of this name.
 */
final class IntegerLookup extends IndexLookup<Long> {
  static final LayerType TYPE =
      arguments(LayerType.of("IntegerLookup", IntegerLookup::new), -1)
          .only("vocabulary_dtype", "int64");

  private IntegerLookup(LayerConfig config) {
    super(config);
  }

  @Override
  ImmutableList<Long> vocabulary() {
    ImmutableList<JsonNode> items = config().items("vocabulary");
    if (!items.stream().allMatch(JsonNode::isIntegralNumber)) {
      throw config().wrong("vocabulary", "a list of integers");
    }
    return items.stream().map(JsonNode::longValue).collect(ImmutableList.toImmutableList());
  }

  @Override
  Long term(String key) {
    JsonNode value = config().get(key);
    if (!value.isIntegralNumber()) {
      throw config().wrong(key, "an integer");
    }
    return value.longValue();
  }

  @Override
  Operand<TInt64> find(Ops tf, MaskedTensor x, List<Long> all, long missing) {
    return TermTable.ofIntegers(ImmutableList.copyOf(all))
        .findIntegers(tf, integers(tf, x), missing);
  }

  private static Operand<TInt64> integers(Ops tf, MaskedTensor x) {
    if (x.isText()) {
      throw new IllegalArgumentException("the input is text, expected integers");
    }
    return Casts.to(tf, x.value(), TInt64.class);
  }

  @Override
  Operand<TBool> isTerm(Ops tf, MaskedTensor x, Long term) {
    return tf.math.equal(integers(tf, x), tf.constant(term));
  }

  @Override
  Operand<TInt64> unknown(Ops tf, MaskedTensor x, int count) {
    Operand<TInt64> integers = integers(tf, x);
    return config().text("oov_method").equals("farmhash")
        ? Buckets.of(config()).call(tf, tf.dtypes.asString(integers), count)
        : tf.math.floorMod(integers, tf.constant((long) count));
  }

  @Override
  Operand<TInt64> constant(Ops tf, List<Long> all) {
    return tf.constant(all.stream().mapToLong(Long::longValue).toArray());
  }
}
