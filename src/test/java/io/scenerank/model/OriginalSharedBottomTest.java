package io.scenerank.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.ConfigMapper;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.model.ModelParams.Activation;
import org.junit.jupiter.api.Test;

/** Descriptions of a shared bottom in the words of the original's code, and in those used here. */
class OriginalSharedBottomTest {
  private static SharedBottomParams params(String group, String given) {
    FeatureColumn column =
        new ConfigMapper()
            .convert(
                new ConfigMapper()
                    .parseYaml("{name: user, vocab_size: 11, group: [" + group + "]}", "column"),
                FeatureColumn.class,
                "column");
    return new DefinitionMapper()
        .define(
            SharedBottom.TYPE,
            new ConfigMapper().parseYaml("{task_names: [click], " + given + "}", "params"),
            ImmutableList.of(column),
            "params")
        .params();
  }

  @Test
  void itsGroupAloneTellsTheOriginal() {
    SharedBottomParams params = params("shared_bottom", "dropout_rate: 0.2");
    assertThat(params.bottomGroups()).containsExactly("shared_bottom");
    assertThat(params.bottomDnnUnits()).containsExactly(128, 64);
    assertThat(params.taskTowerDnnUnits()).containsExactly(128, 64);
    assertThat(params.bottomOutActive()).isFalse();
    assertThat(params.dropoutRate()).isEqualTo(0.2f);
  }

  @Test
  void itsNameOfTheWidthsTellsTheOriginal() {
    SharedBottomParams params = params("dnn", "share_dnn_units: [6, 5], task_tower_dnn_units: [3]");
    assertThat(params.bottomGroups()).containsExactly("dnn");
    assertThat(params.bottomDnnUnits()).containsExactly(6, 5);
    assertThat(params.taskTowerDnnUnits()).containsExactly(3);
    assertThat(params.bottomOutActive()).isFalse();
  }

  @Test
  void whatIsSaidHolds() {
    SharedBottomParams params =
        params("shared_bottom", "share_dnn_units: [6], bottom_out_active: true");
    assertThat(params.bottomDnnUnits()).containsExactly(6);
    assertThat(params.bottomOutActive()).isTrue();
  }

  @Test
  void otherDescriptionsKeepTheirMeaning() {
    assertThat(params("dnn", "use_bn: true"))
        .isEqualTo(
            new SharedBottomParams(
                ImmutableList.of("click"),
                ImmutableList.of("dnn"),
                ImmutableList.of(256, 128),
                true,
                ImmutableList.of(64),
                Activation.RELU,
                0.1f,
                true,
                false));
    assertThat(params("shared_bottom", "bottom_groups: [shared_bottom]").bottomOutActive())
        .isTrue();
  }
}
