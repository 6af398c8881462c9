package io.scenerank.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;

class FeaturesTest {
  @Test
  void oneValueARowIsAColumnOfWidth1() {
    Features features = Features.builder().ids("user", 7, 8, 9).floats("age", 1f, 2f, 3f).build();
    assertThat(features.names()).containsExactly("user", "age");
    assertThat(features.get("user").shape()).isEqualTo(Shape.of(3, 1));
    assertThat(features.get("age").array()).isEqualTo(new float[] {1f, 2f, 3f});
  }

  @Test
  void rowsStandOneAfterAnother() {
    Features features =
        Features.builder()
            .ids("history", new int[][] {{1, 2, 3}, {4, 5, 6}})
            .floats("vector", new float[][] {{.1f, .2f}, {.3f, .4f}})
            .build();
    assertThat(features.get("history").shape()).isEqualTo(Shape.of(2, 3));
    assertThat(features.get("history").array()).isEqualTo(new int[] {1, 2, 3, 4, 5, 6});
    assertThat(features.get("vector").array()).isEqualTo(new float[] {.1f, .2f, .3f, .4f});
  }

  @Test
  void arraysAreCopied() {
    int[] ids = {1, 2};
    float[][] floats = {{1}, {2}};
    Features features = Features.builder().ids("user", ids).floats("age", floats).build();
    ids[0] = 99;
    floats[0][0] = 99;
    assertThat(features.get("user").array()).isEqualTo(new int[] {1, 2});
    assertThat(features.get("age").array()).isEqualTo(new float[] {1, 2});
  }

  @Test
  void raggedRowsAreNamed() {
    assertThatThrownBy(() -> Features.builder().ids("history", new int[][] {{1, 2}, {3, 4}, {5}}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("feature 'history', row 2: found 1 values, expected 2 like row 0");
    assertThatThrownBy(() -> Features.builder().floats("vector", new float[][] {{1}, {2, 3}}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("feature 'vector', row 1: found 2 values, expected 1 like row 0");
  }

  @Test
  void aFeatureGivenTwice() {
    assertThatThrownBy(() -> Features.builder().ids("user", 1).floats("user", 2).build())
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("feature 'user' is given twice");
  }
}
