package io.scenerank.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import org.junit.jupiter.api.Test;

/** Columns as the original implementation's class writes them. */
class OriginalColumnsTest {
  private static ImmutableList<FeatureColumn> read(String yaml) {
    return FeatureColumn.list(new ConfigMapper().parseYaml(yaml, "text"), "columns");
  }

  @Test
  void allFieldsOfTheOriginal() {
    FeatureColumn column =
        Iterables.getOnlyElement(
            read(
                "- {name: user, emb_name: user, emb_dim: 8, vocab_size: 9, group: [dnn],"
                    + " type: sparse, dimension: 1, trainable: true, max_len: 1, combiner: mean,"
                    + " l2_reg: 0.0, initializer: glorot_uniform, dtype: int64,"
                    + " att_key_name: null}"));
    FeatureColumn expected = FeatureColumn.sparse("user", 9, 8, "dnn");
    assertThat(column).usingRecursiveComparison().ignoringFields("combiner").isEqualTo(expected);
  }

  /** The table of an earlier column that is not a sequence masks nothing. */
  @Test
  void theFirstColumnOfATableDecidesWhetherZeroIsPadding() {
    String item = "- {name: item, vocab_size: 9, dtype: int32}\n";
    String seen =
        "- {name: seen, emb_name: item, vocab_size: 9, max_len: 3, type: varlen_sparse}\n";
    assertThat(read(item + seen).get(1).maskZero()).isFalse();
    assertThat(read(seen + item).get(0).maskZero()).isTrue();
  }

  @Test
  void aDenseColumnThatItLeavesOutNeedsNoGroup() {
    String price = "- {name: price, type: dense, dtype: float32, group: [%s]}";
    assertThatThrownBy(() -> read(price.formatted("dnn")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "columns[0]: the dense column 'price' is in group 'dnn', which the original"
                + " implementation leaves out; expected group: []");
    assertThat(read(price.formatted(""))).hasSize(1);
    assertThat(read(price.formatted("linear"))).hasSize(1);
  }
}
