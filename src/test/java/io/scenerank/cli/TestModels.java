package io.scenerank.cli;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.google.common.collect.ImmutableList;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelParams.ModelInputs;
import io.scenerank.model.ModelType;
import io.scenerank.model.Models;
import io.scenerank.model.PepNetParams;

/** A registry of more models than the library may have, some of which fail. */
final class TestModels {
  /** Parameters of a model that needs columns which no data set of the tests has. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record LonelyParams(ImmutableList<String> taskNames, boolean linearLogits, int depth)
      implements ModelParams {
    @Override
    public ModelInputs inputs() {
      return ModelInputs.groups("nowhere");
    }
  }

  private TestModels() {}

  /**
   * {@code pepnet}, {@code twin} (the same by another name), {@code broken} (fails when it is
   * built) and {@code lonely} (has a parameter of its own and no columns).
   */
  static Models registry() {
    return new Models(
        ImmutableList.of(
            Models.PEPNET,
            Models.PEPNET.named("twin"),
            ModelType.of(
                "broken",
                PepNetParams.class,
                PepNetParams::defaults,
                (params, scope, inputs) -> {
                  throw new IllegalStateException("no gate\nin this house");
                }),
            ModelType.of(
                "lonely",
                LonelyParams.class,
                tasks -> new LonelyParams(tasks, false, 2),
                (params, scope, inputs) -> {
                  throw new AssertionError("built without columns");
                })));
  }
}
