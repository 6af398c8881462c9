package io.scenerank.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.scenerank.model.ModelDefinition;
import io.scenerank.model.Models;
import org.junit.jupiter.api.Test;

class RequestLoopTest {
  @Test
  void aRequestHasAllColumnsOfTheModelAndRowsOfOneUser() {
    ModelDefinition<?> definition = BenchModel.of(Models.standard().get("pepnet"));
    RequestLoop requests =
        RequestLoop.of(definition.columns(), RequestLoop.userFeatures(definition.columns()), 5, 1);
    assertThat(requests.requests())
        .allSatisfy(
            ids -> {
              assertThat(ids.features().names()).hasSize(85);
              assertThat(ids.user()).hasSize(27).containsKeys("user_id", "tab", "onehot_feat17");
              assertThat(ids.candidates()).hasSize(58).containsKeys("video_id", "author_id");
              assertThat(ids.candidates().get("video_id").ids()).hasSize(5);
            });
    assertThat(requests.requests()).doesNotHaveDuplicates();
  }
}
