package io.scenerank.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedLayoutTest {
  private static final FeatureColumn USER = FeatureColumn.sparse("user", 7, 4);
  private static final FeatureColumn AGE = FeatureColumn.dense("age", 1);
  private static final FeatureColumn HISTORY = FeatureColumn.sequence("history", "item", 11, 4, 3);
  private static final FeatureColumn VECTOR = FeatureColumn.dense("vector", 2);
  private static final FeatureColumn ITEM = FeatureColumn.sparse("item", 11, 4);

  private final PackedLayout layout = PackedLayout.of(List.of(USER, AGE, HISTORY, VECTOR, ITEM));

  @Test
  void idsAndFloatsAreCountedApart() {
    assertThat(layout.idWidth()).isEqualTo(5);
    assertThat(layout.denseWidth()).isEqualTo(3);
    assertThat(List.of(USER, HISTORY, ITEM)).extracting(layout::offset).containsExactly(0, 1, 4);
    assertThat(List.of(AGE, VECTOR)).extracting(layout::offset).containsExactly(0, 1);
  }

  @Test
  void everyPositionKnowsItsColumnAndLimit() {
    assertThat(IntStream.range(0, 5).mapToObj(layout::columnAtId))
        .containsExactly(USER, HISTORY, HISTORY, HISTORY, ITEM);
    assertThat(layout.idLimits()).containsExactly(7, 11, 11, 11, 11);
  }

  @Test
  void findsColumnsByName() {
    assertThat(layout.column("vector")).isEqualTo(VECTOR);
    assertThatThrownBy(() -> layout.column("hystory"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("feature 'hystory' is unknown; did you mean 'history'?");
  }

  @Test
  void idOutsideItsVocabularyNamesFeatureRowAndId() {
    assertThat(layout.outOfVocabulary("train.parquet", 12, 2, 11))
        .hasMessage("train.parquet: feature 'history', row 12: id 11 is outside [0, 11)");
  }

  @Test
  void nameThatStandsTwice() {
    assertThatThrownBy(() -> PackedLayout.of(List.of(USER, AGE, USER)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("feature column 'user' occurs twice");
    assertThatThrownBy(() -> PackedLayout.of(List.of(USER, FeatureColumn.dense("user", 1))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("feature column 'user' occurs twice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'vocab_size': 12, 'emb_dim': 4",
        "'vocab_size': 11, 'emb_dim': 5",
        "'vocab_size': 11, 'emb_dim': 4, 'l2_reg': 0.1",
        "'vocab_size': 11, 'emb_dim': 4, 'initializer': 'zeros'",
        "'vocab_size': 11, 'emb_dim': 4, 'trainable': false"
      })
  void columnsOfOneTableMustAgree(String fields) {
    ConfigMapper mapper = new ConfigMapper();
    String json = "{'name': 'item', 'emb_name': 'item', " + fields + "}";
    FeatureColumn other =
        mapper.convert(mapper.parse(json.replace('\'', '"'), "test"), FeatureColumn.class, "test");
    assertThatThrownBy(() -> PackedLayout.of(List.of(HISTORY, other)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "feature columns 'history' and 'item' share the table 'item' but differ in its"
                + " vocab_size, emb_dim, l2_reg, initializer or trainable");
  }

  @Test
  void denseColumnHasNoTable() {
    PackedLayout apart =
        PackedLayout.of(
            ImmutableList.of(ITEM.withGroup(List.of("dnn")), FeatureColumn.dense("x", 3)));
    assertThat(apart.idWidth()).isEqualTo(1);
    assertThat(apart.denseWidth()).isEqualTo(3);
  }
}
