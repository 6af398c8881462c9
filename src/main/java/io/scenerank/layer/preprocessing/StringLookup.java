package io.scenerank.layer.preprocessing;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.layer.base.LayerConfig;
import io.scenerank.layer.base.LayerType;
import io.scenerank.layer.base.MaskedTensor;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * Keras' {@code StringLookup}: the place of a text in a vocabulary, as in {@link IndexLookup}. With
 * several places for unknown texts, their hash chooses. Source: Keras' layer of this name.
 */
final class StringLookup extends IndexLookup<String> {
  static final LayerType TYPE =
      arguments(LayerType.of("StringLookup", StringLookup::new), "[UNK]")
          .argument("encoding", "utf-8");

  private StringLookup(LayerConfig config) {
    super(config);
  }

  @Override
  ImmutableList<String> vocabulary() {
    ImmutableList<JsonNode> items = config().items("vocabulary");
    if (!config().get("vocabulary").isContainerNode()
        || !items.stream().allMatch(JsonNode::isTextual)) {
      throw config().wrong("vocabulary", "a list of texts");
    }
    return items.stream().map(JsonNode::textValue).collect(ImmutableList.toImmutableList());
  }

  @Override
  String term(String key) {
    return config().text(key);
  }

  @Override
  Operand<TInt64> find(Ops tf, MaskedTensor x, List<String> all, long missing) {
    return TermTable.ofTexts(ImmutableList.copyOf(all)).findTexts(tf, texts(x), missing);
  }

  private static Operand<TString> texts(MaskedTensor x) {
    if (!x.isText()) {
      throw new IllegalArgumentException(
          "the input is " + x.value().type().getSimpleName() + ", expected texts");
    }
    return x.text();
  }

  @Override
  Operand<TBool> isTerm(Ops tf, MaskedTensor x, String term) {
    return tf.math.equal(x.text(), tf.constant(term));
  }

  @Override
  Operand<TInt64> unknown(Ops tf, MaskedTensor x, int count) {
    return Buckets.of(config()).call(tf, x.text(), count);
  }

  @Override
  Operand<TString> constant(Ops tf, List<String> all) {
    return TermTable.constant(tf, all);
  }
}
