package io.scenerank.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn.ColumnType;
import io.scenerank.feature.FeatureColumn.Combiner;
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
                true));
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
                true));
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
                false));
    assertThat(read(mapper.toJson(column))).isEqualTo(column);
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
