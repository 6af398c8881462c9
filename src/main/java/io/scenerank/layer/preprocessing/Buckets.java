package io.scenerank.layer.preprocessing;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.Casts;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.MaskedTensor;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * Hashes of texts: FarmHash64, or SipHash64 with a key.
 *
 * @param key two numbers, the argument {@code salt}
 */
record Buckets(Optional<ImmutableList<Long>> key) {
  private static final String SALT = "salt";

  /**
   * Reads the argument {@code salt}: a number or two.
   *
   * @throws io.scenerank.config.InvalidInputException if it is neither
   */
  static Buckets of(LayerConfig config) {
    if (!config.has(SALT)) {
      return new Buckets(Optional.empty());
    }
    ImmutableList<JsonNode> items = config.items(SALT);
    if (items.size() > 2 || !items.stream().allMatch(JsonNode::isIntegralNumber)) {
      throw config.wrong(SALT, "an integer or two");
    }
    long first = items.get(0).longValue();
    return new Buckets(
        Optional.of(ImmutableList.of(first, items.get(items.size() - 1).longValue())));
  }

  /** The text of each value: integers in decimal, floats cut towards zero first. */
  static Operand<TString> texts(Ops tf, MaskedTensor x) {
    if (x.isText()) {
      return x.text();
    }
    return x.isFloating()
        ? tf.dtypes.asString(Casts.to(tf, x.value(), TInt64.class))
        : tf.dtypes.asString(x.value());
  }

  /** The hash modulo the number of buckets. */
  Operand<TInt64> call(Ops tf, Operand<TString> texts, long count) {
    return key.isPresent()
        ? tf.strings.toHashBucketStrong(texts, count, List.copyOf(key.get()))
        : tf.strings.toHashBucketFast(texts, count);
  }
}
