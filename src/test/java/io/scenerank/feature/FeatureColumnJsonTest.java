package io.scenerank.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.FeatureColumn.Combiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureColumnJsonTest {
  private final ConfigMapper mapper = new ConfigMapper();

  private FeatureColumn read(String combiner) {
    return mapper.convert(
        mapper.parse(
            "{\"name\": \"h\", \"vocab_size\": 5, \"type\": \"varlen_sparse\", \"max_len\": 3,"
                + " \"combiner\": \""
                + combiner
                + "\"}",
            "test"),
        FeatureColumn.class,
        "test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mean", "mha", "mean,mha", ""})
  void combinerIsReadAndWritten(String combiner) {
    FeatureColumn column = read(combiner);
    assertThat(Combiner.format(column.combiner())).isEqualTo(combiner);
    assertThat(mapper.toTree(column).get("combiner").asText()).isEqualTo(combiner);
    assertThat(mapper.convert(mapper.toTree(column), FeatureColumn.class, "again"))
        .isEqualTo(column);
  }

  @Test
  void unknownCombiner() {
    assertThatThrownBy(() -> read("mhaa"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("test: feature column 'h': combiner 'mhaa' is unknown; did you mean 'mha'?");
  }
}
