package io.scenerank.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.FeatureColumn.Combiner;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureColumnTest {
  private final ConfigMapper mapper = new ConfigMapper();

  private FeatureColumn read(String json) {
    return mapper.convert(
        mapper.parse(json.replace('\'', '"'), "columns"), FeatureColumn.class, "columns");
  }

  @Test
  void defaultsOfASparseColumn() {
    assertThat(read("{'name': 'user', 'vocab_size': 9}"))
        .isEqualTo(
            new FeatureColumn(
                "user",
                "user",
                4,
                9,
                ImmutableList.of(),
                ColumnType.SPARSE,
                1,
                1,
                ImmutableSet.of(),
                false,
                0f,
                "uniform",
                true,
                null));
  }

  @Test
  void defaultsOfASequence() {
    assertThat(read("{'name': 'h', 'vocab_size': 9, 'type': 'varlen_sparse', 'max_len': 3}"))
        .isEqualTo(
            new FeatureColumn(
                "h",
                "h",
                4,
                9,
                ImmutableList.of(),
                ColumnType.VARLEN_SPARSE,
                3,
                1,
                ImmutableSet.of(Combiner.MEAN),
                true,
                0f,
                "uniform",
                true,
                null));
  }

  @Test
  void defaultsOfADenseColumn() {
    FeatureColumn column = read("{'name': 'age', 'type': 'dense'}");
    assertThat(column.dimension()).isEqualTo(1);
    assertThat(column.width()).isEqualTo(1);
    assertThat(column.isCategorical()).isFalse();
  }

  @Test
  void everyFieldIsReadAndWrittenBack() {
    FeatureColumn column =
        read(
            "{'name': 'h', 'emb_name': 'item', 'emb_dim': 6, 'vocab_size': 9, 'group': ['dnn',"
                + " 'user'], 'type': 'varlen_sparse', 'max_len': 3, 'combiner': 'mean,mha',"
                + " 'mask_zero': false, 'l2_reg': 0.5, 'initializer': 'zeros', 'trainable':"
                + " false}");
    assertThat(column)
        .isEqualTo(
            new FeatureColumn(
                "h",
                "item",
                6,
                9,
                ImmutableList.of("dnn", "user"),
                ColumnType.VARLEN_SPARSE,
                3,
                1,
                ImmutableSet.of(Combiner.MEAN, Combiner.MHA),
                false,
                0.5f,
                "zeros",
                false,
                null));
    assertThat(read(mapper.toJson(column))).isEqualTo(column);
  }

  @Test
  void weightsAreReadAndWrittenBack() {
    FeatureColumn column =
        read(
            "{'name': 'h', 'vocab_size': 9, 'type': 'varlen_sparse', 'max_len': 3, 'combiner':"
                + " 'weighted_mean', 'weights': 'w'}");
    assertThat(column.pooling()).contains(Combiner.MEAN);
    assertThat(column.joinsGroups()).isTrue();
    assertThat(column.weights()).isEqualTo("w");
    assertThat(read(mapper.toJson(column))).isEqualTo(column);
    assertThat(column.withVocabSize(4).withGroup(ImmutableList.of("dnn")).weights()).isEqualTo("w");
    assertThat(mapper.toJson(FeatureColumn.sparse("user", 9, 8))).doesNotContain("weights");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'combiner': 'weighted_mean' | combiner 'weighted_mean' needs weights",
        "'combiner': 'max', 'weights': 'w' | weights are for a varlen_sparse column with the",
        "'combiner': 'mha', 'weights': 'w' | weights are for a varlen_sparse column with the",
        "'combiner': 'sum,max' | combiner is 'sum,max', expected one way to pool a sequence",
        "'combiner': 'summ' | combiner 'summ' is unknown; did you mean 'sum'?",
      })
  void combinersAndWeightsThatDoNotFit(String keys, String message) {
    assertThatThrownBy(
            () ->
                read(
                    "{'name': 'h', 'vocab_size': 9, 'type': 'varlen_sparse', 'max_len': 3, "
                        + keys
                        + "}"))
        .hasMessageContaining(message);
  }

  @Test
  void weightsAreADenseColumnOfTheLength() {
    FeatureColumn tags = FeatureColumn.sequence("tags", "tags", 9, 8, 3, "dnn").withWeights("w");
    PackedLayout layout = PackedLayout.of(List.of(FeatureColumn.dense("w", 3), tags));
    assertThat(layout.requireWeights().takesDense(0, -1)).isFalse();
    assertThat(layout.notFinite("rows", 2, 1, -1))
        .hasMessage("rows: feature 'w', row 2: found -1.0, expected a finite weight of 0 or more");
    for (FeatureColumn other : List.of(FeatureColumn.dense("w", 2), FeatureColumn.dense("v", 3))) {
      assertThatThrownBy(() -> PackedLayout.of(List.of(tags, other)).requireWeights())
          .hasMessage(
              "feature column 'tags': weights is 'w', expected a dense column of dimension 3");
    }
  }

  @Test
  void factoriesGiveWhatJsonGives() {
    assertThat(FeatureColumn.sparse("user", 9, 8, "dnn"))
        .isEqualTo(read("{'name': 'user', 'vocab_size': 9, 'emb_dim': 8, 'group': ['dnn']}"));
    assertThat(FeatureColumn.sequence("h", "item", 9, 8, 3, "dnn"))
        .isEqualTo(
            read(
                "{'name': 'h', 'emb_name': 'item', 'vocab_size': 9, 'emb_dim': 8, 'type':"
                    + " 'varlen_sparse', 'max_len': 3, 'group': ['dnn']}"));
    assertThat(FeatureColumn.dense("v", 5, "dnn"))
        .isEqualTo(read("{'name': 'v', 'type': 'dense', 'dimension': 5, 'group': ['dnn']}"));
  }

  @Test
  void widthIsTheNumberOfValuesARow() {
    assertThat(FeatureColumn.sparse("user", 9, 8).width()).isEqualTo(1);
    assertThat(FeatureColumn.sequence("h", "item", 9, 8, 3).width()).isEqualTo(3);
    assertThat(FeatureColumn.dense("v", 5).width()).isEqualTo(5);
  }

  @Test
  void withGroupChangesNothingElse() {
    FeatureColumn column = FeatureColumn.sequence("h", "item", 9, 8, 3, "dnn");
    FeatureColumn moved = column.withGroup(ImmutableList.of("epnet"));
    assertThat(moved.group()).containsExactly("epnet");
    assertThat(moved.withGroup(ImmutableList.of("dnn"))).isEqualTo(column);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'vocab_size': 3} | feature column '?': name is missing",
        "{'name': '', 'vocab_size': 3} | feature column '?': name is missing",
        "{'name': 'a/b', 'vocab_size': 3}"
            + "| feature column 'a/b': name must not contain a slash",
        "{'name': 'a', 'vocab_size': 3, 'emb_dim': 0}"
            + "| feature column 'a': emb_dim is 0, expected at least 1",
        "{'name': 'a'} | feature column 'a': vocab_size is 0, expected at least 1",
        "{'name': 'a', 'vocab_size': 3, 'type': 'varlen_sparse', 'max_len': 0}"
            + "| feature column 'a': max_len is 0, expected at least 1",
        "{'name': 'a', 'vocab_size': 3, 'max_len': 2}"
            + "| feature column 'a': max_len is 2 but the type is neither varlen_sparse nor text",
        "{'name': 'a', 'type': 'dense', 'dimension': 0}"
            + "| feature column 'a': dimension is 0, expected at least 1",
        "{'name': 'a', 'vocab_size': 3, 'dimension': 2}"
            + "| feature column 'a': dimension is 2 but the type is not dense",
        "{'name': 'a', 'vocab_size': 3, 'combiner': 'mha'}"
            + "| feature column 'a': combiner 'mha' needs a varlen_sparse column",
        "{'name': 'a', 'vocab_size': 3, 'l2_reg': -1}"
            + "| feature column 'a': l2_reg is -1.0, expected 0 or more",
        "{'name': 'a', 'vocab_size': 3, 'initializer': 'zero'}"
            + "| feature column 'a': initializer 'zero' is unknown; did you mean 'zeros'?"
      })
  void namesColumnAndField(String json, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("columns: " + message);
  }
}
